"""The bucket, beyond what story 1.6 asks for."""

import pytest

from templates.model import Json, Resource, Templates
from templates.policies import Call, possibly, read_policy

pytestmark = pytest.mark.slow

DAY = 86400


def files(templates: Templates) -> Resource | None:
    """Return the bucket of the files; None where it is somebody's."""
    buckets = {each.ref: each for each in templates.of("AWS::S3::Bucket")}
    return buckets.get(templates.config.bucket_name)


def policy(templates: Templates, bucket: Resource) -> Resource:
    """Return the policy of a bucket."""
    (found,) = (each for each in templates.of("AWS::S3::BucketPolicy") if each["Bucket"] == bucket.ref)
    return found


def rules(bucket: Resource) -> list[Json]:
    """Return the lifecycle rules of a bucket."""
    found: list[Json] = bucket["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in found)
    return found


def test_buckets_are_kept_or_go_as_the_stage_says(variant: Templates) -> None:
    """A protected stage keeps its buckets with their policies, unless their first deployment failed; dev keeps none."""
    kept = ("RetainExceptOnCreate", "Retain")
    for resource in (*variant.of("AWS::S3::Bucket"), *variant.of("AWS::S3::BucketPolicy")):
        found = (resource.body.get("DeletionPolicy", "Delete"), resource.body.get("UpdateReplacePolicy", "Delete"))
        assert found == (kept if variant.config.shape.protected else ("Delete", "Delete")), resource


def test_nothing_of_the_template_empties_buckets(variant: Templates) -> None:
    """`remove` does: a custom resource for it would be one more function, without tags."""
    assert not variant.of("Custom::S3AutoDeleteObjects")


def test_files_are_never_deleted_by_their_age(variant: Templates) -> None:
    """What a user has uploaded stays until somebody deletes it; what was deleted can be had back for some days."""
    if bucket := files(variant):
        found = rules(bucket)
        assert not any({"ExpirationInDays", "ExpirationDate"} & rule.keys() for rule in found)
        (old,) = (rule for rule in found if "NoncurrentVersionExpiration" in rule)
        assert old["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
        assert old["ExpiredObjectDeleteMarker"]
        assert all("Prefix" not in rule and "TagFilters" not in rule for rule in found)


def test_uploads_of_browsers_work(variant: Templates) -> None:
    """A browser may send what a presigned URL was signed for, and reads the ETag that completes an upload in parts."""
    bucket = files(variant)
    given: list[Json] = bucket.get("CorsConfiguration", {}).get("CorsRules", []) if bucket else []
    assert len(given) == (1 if bucket and variant.config.origins else 0)
    for rule in given:
        assert {"GET", "PUT", "POST"} <= set(rule["AllowedMethods"])
        assert "DELETE" not in rule["AllowedMethods"]
        assert rule["AllowedHeaders"] == ["*"]
        assert rule["ExposedHeaders"] == ["ETag"]
        assert 0 < rule["MaxAge"] <= DAY


def test_lists_of_access_control_are_off(variant: Templates) -> None:
    """Policies alone say who may read, whoever uploaded."""
    for bucket in variant.of("AWS::S3::Bucket"):
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], bucket


def test_old_tls_is_refused(variant: Templates) -> None:
    """S3 answers TLS from 1.2 on, whoever asks, whatever for; without TLS: criterion 1.6.6."""
    for bucket in variant.of("AWS::S3::Bucket"):
        arn = bucket.attribute("Arn")
        assert {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}},
        } in policy(variant, bucket)["PolicyDocument"]["Statement"], bucket


def test_reads_of_files_are_logged_outside_of_dev(variant: Templates) -> None:
    """Where files are somebody's, it can be told who read one; the log is not in the bucket that it is of."""
    bucket = files(variant)
    logging = bucket.get("LoggingConfiguration") if bucket else None
    assert (logging is not None) == (bucket is not None and variant.config.shape.protected)
    if bucket and logging:
        log = variant.by_ref(logging["DestinationBucketName"], "AWS::S3::Bucket")
        assert log.ref != bucket.ref
        assert "BucketName" not in log.properties  # a name of ours could be taken, and fail the deployment
        assert any("ExpirationInDays" in rule for rule in rules(log))


def test_only_s3_writes_the_log_of_our_bucket(variant: Templates) -> None:
    """The log is delivered by S3, of our bucket in our account, to where it belongs."""
    bucket = files(variant)
    if bucket is None or "LoggingConfiguration" not in bucket.properties:
        return
    log = variant.by_ref(bucket["LoggingConfiguration"]["DestinationBucketName"], "AWS::S3::Bucket")
    statements = read_policy(policy(variant, log)["PolicyDocument"])
    account = variant.only("AWS::RDS::DBInstance").attribute("DBInstanceArn").split(":")[4]
    ours = {"aws:SourceAccount": account, "aws:SourceArn": bucket.attribute("Arn"), "aws:SecureTransport": "true"}
    ours |= {"s3:TlsVersion": "1.3"}
    key = f"{log.attribute('Arn')}/{bucket['LoggingConfiguration']['LogFilePrefix']}2026-01-01"
    for context, allowed in (
        (ours, True),
        (ours | {"aws:SourceAccount": "999900009999"}, False),
        (ours | {"aws:SourceArn": "arn:aws:s3:::somebodys"}, False),
    ):
        call = Call("s3:PutObject", key, context, principal="logging.s3.amazonaws.com")
        assert possibly(statements, call) == allowed, context
