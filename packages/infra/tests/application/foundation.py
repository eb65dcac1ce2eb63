"""A stack that exports what a foundation does, of the form that the services give it."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import CfnOutput, CfnResource, Fn, Stack
from constructs import Construct

from infra.stacks.exports import Exports
from infra.stage import StageConfig

ACCOUNT: Final = "111122223333"


def given(config: StageConfig) -> Mapping[str, str]:
    """Return the values of the exports, by their names."""
    region, group = config.region, f"mocstack-{config.name}"
    mode = "clustercfg" if config.shape.redis_clustered else "master"
    search = config.named("search")
    return {
        "vpc-id": "vpc-0a1b2c3d4e5f60718",
        "subnet-1": "subnet-0a1b2c3d4e5f60711",
        "subnet-2": "subnet-0a1b2c3d4e5f60712",
        "functions-group-id": "sg-0a1b2c3d4e5f60718",
        "proxy-host": f"{config.named('proxy')}.proxy-abcdefabcdef.{region}.rds.amazonaws.com",
        "proxy-id": "prx-0123456789abcdef0",
        "proxy-name": config.named("proxy"),
        "redis-host": f"{mode}.{group}.abcdef.use1.cache.amazonaws.com",
        "redis-arn": f"arn:aws:elasticache:{region}:{ACCOUNT}:replicationgroup:{group}",
        "redis-user-arn": f"arn:aws:elasticache:{region}:{ACCOUNT}:user:{config.named('app')}",
        "opensearch-host": f"vpc-{search}-abcdefabcdef.{region}.es.amazonaws.com",
        "opensearch-arn": f"arn:aws:es:{region}:{ACCOUNT}:domain/{search}",
        "bucket-name": config.bucket_name,
        "bucket-arn": f"arn:aws:s3:::{config.bucket_name}",
        "provision-role-arn": f"arn:aws:iam::{ACCOUNT}:role/{config.named('provision')}",
        "alarm-topic-arn": f"arn:aws:sns:{region}:{ACCOUNT}:{config.named('alarms')}",
    }


class GivenFoundation(Stack):
    """The stack of the exports.

    Attributes:
        exports: the imports of them.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, stack_name: str) -> None:
        super().__init__(scope, id_, stack_name=stack_name)
        # CloudFormation takes no stack without a resource.
        CfnResource(self, "Nothing", type="AWS::SNS::Topic")
        for index, (name, value) in enumerate(given(config).items()):
            CfnOutput(self, f"Export{index}", value=value, export_name=config.named(name))
        self.exports = _imported(config)


def _imported(config: StageConfig) -> Exports:
    def value(name: str) -> str:
        return Fn.import_value(config.named(name))

    return Exports(
        vpc_id=value("vpc-id"),
        private_subnet_ids=(value("subnet-1"), value("subnet-2")),
        functions_group_id=value("functions-group-id"),
        proxy_host=value("proxy-host"),
        proxy_id=value("proxy-id"),
        proxy_name=value("proxy-name"),
        redis_host=value("redis-host"),
        redis_arn=value("redis-arn"),
        redis_user_arn=value("redis-user-arn"),
        opensearch_host=value("opensearch-host"),
        opensearch_arn=value("opensearch-arn"),
        bucket_name=value("bucket-name"),
        bucket_arn=value("bucket-arn"),
        provision_role_arn=value("provision-role-arn"),
        alarm_topic_arn=value("alarm-topic-arn"),
    )
