"""Clients of the AWS SDK, whose every wait is bounded."""

# `client` has a signature for each of AWS's services, and those of services that are not used here are unknown.
# pyright: reportUnknownMemberType=false

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config

if TYPE_CHECKING:  # made from the SDK's models; the SDK itself has no types
    from types_boto3_autoscaling.client import AutoScalingClient
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_ec2.client import EC2Client
    from types_boto3_elasticache.client import ElastiCacheClient
    from types_boto3_iam.client import IAMClient
    from types_boto3_lambda.client import LambdaClient
    from types_boto3_logs.client import CloudWatchLogsClient
    from types_boto3_opensearch.client import OpenSearchServiceClient
    from types_boto3_rds.client import RDSClient
    from types_boto3_s3.client import S3Client
    from types_boto3_service_quotas.client import ServiceQuotasClient
    from types_boto3_ssm.client import SSMClient
    from types_boto3_sts.client import STSClient

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 20
"""How long an answer may take that nothing is computed for; the SDK's own default is 60."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

C = TypeVar("C", bound=BaseClient)


class Clients:
    """Clients of AWS's services in one region, each made on first use and kept.

    Credentials are the SDK's to find: the environment, a profile, a sign-in, or an instance's metadata, for which it
    waits two seconds. A client may fail when it is made: that too belongs into a block of `aws_errors`.
    """

    def __init__(
        self,
        region: str | None = None,
        *,
        answer_seconds: int = _ANSWER_SECONDS,
        attempts: int = 2,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Take what all clients have in common.

        Args:
            region: that of the stage; without one AWS_REGION counts, as for AWS's command line, then what the SDK
                itself knows: AWS_DEFAULT_REGION and the profile.
            answer_seconds: how long an answer may take.
            attempts: how often a request is made before it has failed.
            environ: where AWS_REGION is looked for.
        """
        self._region = region or environ.get("AWS_REGION") or None
        self._config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=answer_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            tcp_keepalive=True,  # a gateway on the way forgets a connection that says nothing for minutes
        )

    def patient(self, seconds: int) -> "Clients":
        """Return clients of the same region whose answers may take longer, and whose requests are made once."""
        return Clients(self.region, answer_seconds=seconds, attempts=1)

    @property
    def region(self) -> str | None:
        """The region that is asked; None where none is chosen, and every client but those of IAM and S3 fails."""
        return self._session.region_name

    @cached_property
    def _session(self) -> boto3.Session:
        session = botocore.session.get_session()
        # Also the clients that the SDK makes by itself, to find credentials: by default these wait for minutes.
        session.set_default_client_config(self._config)
        return boto3.Session(region_name=self._region, botocore_session=session)

    def _made(self, make: Callable[[Config], C]) -> C:
        client = make(self._config)
        if urlsplit(client.meta.endpoint_url).hostname in _LOOPBACK:  # no proxy stands before this machine itself
            return make(self._config.merge(Config(proxies={})))
        return client

    @cached_property
    def autoscaling(self) -> "AutoScalingClient":
        """EC2 Auto Scaling."""
        return self._made(lambda config: self._session.client("autoscaling", config=config))

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        return self._made(lambda config: self._session.client("cloudformation", config=config))

    @cached_property
    def ec2(self) -> "EC2Client":
        """EC2."""
        return self._made(lambda config: self._session.client("ec2", config=config))

    @cached_property
    def elasticache(self) -> "ElastiCacheClient":
        """ElastiCache."""
        return self._made(lambda config: self._session.client("elasticache", config=config))

    @cached_property
    def iam(self) -> "IAMClient":
        """IAM."""
        return self._made(lambda config: self._session.client("iam", config=config))

    @cached_property
    def lambda_(self) -> "LambdaClient":
        """Lambda."""
        return self._made(lambda config: self._session.client("lambda", config=config))

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        return self._made(lambda config: self._session.client("logs", config=config))

    @cached_property
    def opensearch(self) -> "OpenSearchServiceClient":
        """OpenSearch Service."""
        return self._made(lambda config: self._session.client("opensearch", config=config))

    @cached_property
    def rds(self) -> "RDSClient":
        """RDS."""
        return self._made(lambda config: self._session.client("rds", config=config))

    @cached_property
    def s3(self) -> "S3Client":
        """S3."""
        return self._made(lambda config: self._session.client("s3", config=config))

    @cached_property
    def service_quotas(self) -> "ServiceQuotasClient":
        """Service Quotas."""
        return self._made(lambda config: self._session.client("service-quotas", config=config))

    @cached_property
    def ssm(self) -> "SSMClient":
        """Systems Manager."""
        return self._made(lambda config: self._session.client("ssm", config=config))

    @cached_property
    def sts(self) -> "STSClient":
        """Security Token Service: who signs."""
        return self._made(lambda config: self._session.client("sts", config=config))
