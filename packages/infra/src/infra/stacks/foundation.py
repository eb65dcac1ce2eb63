"""The foundation of a stage: everything that keeps state, and the network around it."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from core.names import BUCKET_NAME_OUTPUT
from infra.alarms import AlarmTopic, DataAlarms
from infra.bastion import Bastion
from infra.bucket import Bucket
from infra.database import Database
from infra.interfaces import as_role
from infra.network import Network
from infra.opensearch import OpenSearch
from infra.provisioning import ProvisionRole
from infra.redis import Redis
from infra.stage import StageConfig

from .exports import Exports, export
from .properties import stack_properties


class FoundationStack(Stack):
    """Network, database and proxy, Redis, OpenSearch, bucket, their alarms, and the provision function's role.

    Attributes:
        exports: what the application is made of.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_, **stack_properties(config, "foundation", "network, data and what guards them"))
        network = Network(self, "Network", config=config)
        provision_role = ProvisionRole(self, "ProvisionRole", config=config)
        database = Database(self, "Database", config=config, network=network)
        redis = Redis(self, "Redis", config=config, network=network)
        opensearch = OpenSearch(self, "OpenSearch", config=config, network=network, master=as_role(provision_role.role))
        bucket = Bucket(self, "Bucket", config=config)
        provision_role.let_in(database=database, redis=redis, opensearch=opensearch)
        topic = AlarmTopic(self, "AlarmTopic", config=config)
        DataAlarms(self, "Alarms", config=config, topic=topic, database=database, redis=redis, opensearch=opensearch)
        if config.bastion:
            Bastion(self, "Bastion", config=config, network=network)
        CfnOutput(self, BUCKET_NAME_OUTPUT, value=bucket.bucket.bucket_name, description="The bucket of the files")
        self.exports: Exports = export(
            self,
            config=config,
            network=network,
            database=database,
            redis=redis,
            opensearch=opensearch,
            bucket=bucket,
            provision_role=provision_role,
            topic=topic,
        )
