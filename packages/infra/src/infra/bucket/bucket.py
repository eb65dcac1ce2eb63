"""The bucket that keeps files, private, or a bucket of somebody's that is used as it is."""

from typing import Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.stage import StageConfig

from .cdn import Cdn
from .rules import cors, lifecycle, logs_lifecycle

TLS: Final = 1.2
"""The least version of TLS that S3 answers."""

_NO_LOG_IN_DEV = (
    "S3 delivers access logs for hours after the last request: a log bucket could not be emptied for good, and "
    "removing a dev stage would fail on it. The files of a dev stage are nobody's."
)


class Bucket(Construct):
    """The files of a stage.

    Attributes:
        bucket: the bucket, made or imported.
        cdn_domain: the host name that CloudFront serves the files by; None without it.
        cdn_key_id: the id of the key that signed URLs name; None without CloudFront.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_)
        self.cdn_domain: str | None = None
        self.cdn_key_id: str | None = None
        if config.bucket_exists:
            # An imported bucket gets nothing from the template, a policy least of all: it would replace its owner's.
            self.bucket: s3.IBucket = s3.Bucket.from_bucket_name(self, "Files", config.bucket_name)
            return
        files = self._make(config)
        self.bucket = files
        if config.cdn:
            self._serve(Cdn(self, "Cdn", config=config, bucket=self.bucket))
        if config.shape.protected:
            _keep_policy(files)

    def _make(self, config: StageConfig) -> s3.Bucket:
        logs = self._make_logs() if config.shape.protected else None
        files = s3.Bucket(
            self,
            "Files",
            bucket_name=config.bucket_name,
            versioned=config.shape.bucket_versioned,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=TLS,
            lifecycle_rules=lifecycle(),
            cors=cors(config.origins) or None,
            server_access_logs_bucket=logs,
            server_access_logs_prefix="files/" if logs else None,
            removal_policy=_removal(config),
        )
        if logs is None:
            acknowledge(files, {"AwsSolutions-S1": _NO_LOG_IN_DEV})
        return files

    def _make_logs(self) -> s3.Bucket:
        logs = s3.Bucket(
            self,
            # CloudFormation names it: a name of ours could be somebody's, and the files' may leave no room for more.
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=TLS,
            lifecycle_rules=logs_lifecycle(),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        _keep_policy(logs)
        return logs

    def _serve(self, cdn: Cdn) -> None:
        self.cdn_domain = cdn.domain
        self.cdn_key_id = cdn.key_id
        stack = Stack.of(self)
        CfnOutput(stack, "CdnDomain", value=cdn.domain, description="The host name that CloudFront serves files by")
        CfnOutput(stack, "CdnKeyPairId", value=cdn.key_id, description="The Key-Pair-Id of URLs that are signed for it")


def _removal(config: StageConfig) -> RemovalPolicy:
    """Return what becomes of the bucket with its stack.

    A kept bucket of a first deployment that failed would be in the way of the second: it goes, being empty. In dev
    `remove` empties the bucket; the CDK's custom resource for that would be a function that our tags do not reach.
    """
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if config.shape.protected else RemovalPolicy.DESTROY


def _keep_policy(bucket: s3.Bucket) -> None:
    """Keep the policy with a bucket that is kept: it asks for TLS then too."""
    if bucket.policy is not None:
        bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
