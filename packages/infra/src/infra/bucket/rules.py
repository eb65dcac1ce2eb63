"""What S3 does with files by itself, and which web pages it answers."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from infra.files import COLD_AFTER

OLD_VERSIONS_KEPT: Final = 30
"""Days in which a file that was overwritten or deleted can be brought back."""

UPLOADS_KEPT: Final = 7
"""Days after which the parts of an upload that was never completed are dropped: no list shows them, S3 bills them."""

ACCESS_LOGS_KEPT: Final = 365
"""Days that it can be told who read a file: a year, as long as an incident may stay unseen."""

PREFLIGHT_KEPT: Final = 3600
"""Seconds that a browser need not ask again whether it may upload."""


def lifecycle() -> list[s3.LifecycleRule]:
    """Return what happens to files with time: a rule for each concern, on every file."""
    return [
        s3.LifecycleRule(
            id="cold-files",
            transitions=[
                s3.Transition(
                    storage_class=s3.StorageClass.INFREQUENT_ACCESS, transition_after=Duration.days(COLD_AFTER)
                )
            ],
        ),
        s3.LifecycleRule(id="abandoned-uploads", abort_incomplete_multipart_upload_after=Duration.days(UPLOADS_KEPT)),
        s3.LifecycleRule(
            id="old-versions",
            noncurrent_version_expiration=Duration.days(OLD_VERSIONS_KEPT),
            # The marker of a deleted file outlives the file's versions: it would stay for ever.
            expired_object_delete_marker=True,
        ),
    ]


def logs_lifecycle() -> list[s3.LifecycleRule]:
    """Return how long access logs are kept."""
    return [
        s3.LifecycleRule(
            id="old-logs",
            expiration=Duration.days(ACCESS_LOGS_KEPT),
            abort_incomplete_multipart_upload_after=Duration.days(UPLOADS_KEPT),
        )
    ]


def cors(origins: tuple[str, ...]) -> list[s3.CorsRule]:
    """Return what lets the frontend upload and read by presigned URLs (acceptance 1.6.4); no rule without origins.

    Args:
        origins: the frontend's origins in this stage.
    """
    if not origins:
        return []
    return [
        s3.CorsRule(
            id="frontend",
            allowed_origins=list(origins),
            allowed_methods=[
                s3.HttpMethods.GET,
                s3.HttpMethods.HEAD,
                s3.HttpMethods.PUT,
                s3.HttpMethods.POST,
            ],
            # A presigned request names the headers that it was signed with: S3 checks those, CORS need not.
            allowed_headers=["*"],
            # An upload in parts is completed with the ETag of each.
            exposed_headers=["ETag"],
            max_age=PREFLIGHT_KEPT,
        )
    ]
