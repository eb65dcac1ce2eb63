"""What a role may do with a resource: just what the function's links declare.

Each service's actions and resources are those of AWS's Service Authorization Reference.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from aws_cdk import aws_iam as iam

from core.manifest import BucketAccess, OpenSearchAccess

HEALTH_PATH: Final = "_cluster/health"

_GET, _HEAD, _POST, _PUT, _DELETE = (f"es:ESHttp{method}" for method in ("Get", "Head", "Post", "Put", "Delete"))

READ_REQUESTS: Final = (
    ((_GET, _POST), ("_search", "_msearch", "_count", "_mget")),
    ((_GET, _HEAD), ("_doc/*",)),
)
"""What may be asked of an index that is read: actions, and the paths below the index that they are for."""

WRITE_REQUESTS: Final = (
    ((_POST, _PUT), ("_bulk", "_doc", "_doc/*", "_create/*", "_update/*")),
    ((_DELETE,), ("_doc/*",)),
)
"""Likewise for an index that is written."""


def connect_to_postgres(user_arn: str) -> iam.PolicyStatement:
    """Let a role sign in to RDS Proxy.

    Args:
        user_arn: `arn:...:rds-db:<region>:<account>:dbuser:<resource id of the proxy>/<user>`.
    """
    return iam.PolicyStatement(actions=["rds-db:connect"], resources=[user_arn])


def connect_to_redis(group_arn: str, user_arn: str) -> iam.PolicyStatement:
    """Let a role sign in to ElastiCache: it asks for the replication group and for the user."""
    return iam.PolicyStatement(actions=["elasticache:Connect"], resources=[group_arn, user_arn])


def use_opensearch(domain_arn: str, access: OpenSearchAccess) -> Iterator[iam.PolicyStatement]:
    """Let a role ask for the cluster's health, and use indexes by their names.

    Fine-grained access control, which looks into a request too, gives the role the same indexes: provisioning maps it.
    """
    yield iam.PolicyStatement(actions=[_GET], resources=[f"{domain_arn}/{HEALTH_PATH}"])
    for indexes, requests in ((access.read, READ_REQUESTS), (access.write, WRITE_REQUESTS)):
        for actions, paths in requests if indexes else ():
            resources = [f"{domain_arn}/{index}/{path}" for index in indexes for path in paths]
            yield iam.PolicyStatement(actions=list(actions), resources=resources)


def use_bucket(bucket_arn: str, access: BucketAccess) -> Iterator[iam.PolicyStatement]:
    """Let a role get, put or delete the objects whose keys begin as declared.

    The bucket is not listed: S3 answers 403, not 404, for a key that is not there.
    """
    for action, prefixes in (
        ("s3:GetObject", access.get),
        ("s3:PutObject", access.put),
        ("s3:DeleteObject", access.delete),
    ):
        if prefixes:
            yield iam.PolicyStatement(actions=[action], resources=_objects(bucket_arn, prefixes))


def _objects(bucket_arn: str, prefixes: Sequence[str]) -> list[str]:
    return [f"{bucket_arn}/{prefix}*" for prefix in prefixes]
