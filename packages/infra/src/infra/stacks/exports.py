"""What the foundation gives the application: a fixed set of exports, used or not.

An export that only its use made would go with the last use, while the deployed application still imports it, and
the foundation's update would fail. So every value is exported by name, always, and no construct crosses over.
"""

from dataclasses import dataclass

from aws_cdk import Stack

from infra.alarms import AlarmTopic
from infra.bucket import Bucket
from infra.database import Database
from infra.network import Network
from infra.opensearch import OpenSearch
from infra.provisioning import ProvisionRole
from infra.redis import Redis
from infra.stage import StageConfig


@dataclass(frozen=True, kw_only=True)
class Exports:
    """The foundation's values as the application has them: imports, resolved by CloudFormation.

    Attributes:
        vpc_id: the VPC.
        private_subnet_ids: the private subnets, one a zone.
        functions_group_id: the security group of the functions.
        proxy_host: the endpoint of RDS Proxy.
        proxy_id: its resource id, `prx-...`, which IAM permissions to connect are for.
        proxy_name: its name, which metrics are of.
        redis_host: the primary endpoint, or the configuration endpoint in cluster mode.
        redis_arn: the replication group.
        redis_user_arn: the user that functions sign in as.
        opensearch_host: the domain's endpoint, without a scheme.
        opensearch_arn: the domain.
        bucket_name: the bucket.
        bucket_arn: the bucket.
        provision_role_arn: the role of the provision function, the master of the OpenSearch domain.
        alarm_topic_arn: where alarms go.
    """

    vpc_id: str
    private_subnet_ids: tuple[str, str]
    functions_group_id: str
    proxy_host: str
    proxy_id: str
    proxy_name: str
    redis_host: str
    redis_arn: str
    redis_user_arn: str
    opensearch_host: str
    opensearch_arn: str
    bucket_name: str
    bucket_arn: str
    provision_role_arn: str
    alarm_topic_arn: str


def export(  # noqa: PLR0913  # everything that the foundation consists of
    stack: Stack,
    *,
    config: StageConfig,
    network: Network,
    database: Database,
    redis: Redis,
    opensearch: OpenSearch,
    bucket: Bucket,
    provision_role: ProvisionRole,
    topic: AlarmTopic,
) -> Exports:
    """Export the values of a foundation, and return them as the application imports them."""

    def give(value: str, name: str) -> str:
        imported: str = stack.export_value(value, name=config.named(name))
        return imported

    first, second = network.private
    return Exports(
        vpc_id=give(network.vpc.vpc_id, "vpc-id"),
        private_subnet_ids=(give(first.subnet_id, "private-subnet-1"), give(second.subnet_id, "private-subnet-2")),
        functions_group_id=give(network.groups.parties["functions"].security_group_id, "functions-group"),
        proxy_host=give(database.proxy.endpoint, "proxy-host"),
        proxy_id=give(database.proxy_id, "proxy-id"),
        proxy_name=give(database.proxy.db_proxy_name, "proxy-name"),
        redis_host=give(redis.host, "redis-host"),
        redis_arn=give(redis.arn, "redis-arn"),
        redis_user_arn=give(redis.users.app.attr_arn, "redis-user-arn"),
        opensearch_host=give(opensearch.host, "opensearch-host"),
        opensearch_arn=give(opensearch.arn, "opensearch-arn"),
        bucket_name=give(bucket.bucket.bucket_name, "bucket-name"),
        bucket_arn=give(bucket.bucket.bucket_arn, "bucket-arn"),
        provision_role_arn=give(provision_role.role.role_arn, "provision-role-arn"),
        alarm_topic_arn=give(topic.topic.topic_arn, "alarm-topic-arn"),
    )
