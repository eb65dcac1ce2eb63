"""The cache: a replication group, of one node or of shards with replicas."""

from typing import Final, TypedDict

from aws_cdk import ArnFormat, CfnUpdatePolicy, RemovalPolicy, Stack
from aws_cdk import aws_elasticache as elasticache
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.log_group_names import vended
from infra.log_groups import log_group
from infra.network import Network
from infra.network.reach import REDIS_PORT
from infra.stage import StageConfig
from infra.versions import REDIS, major

from .names import replication_group
from .users import Users

SNAPSHOT_WINDOW: Final = "02:00-03:00"
"""UTC, daily."""
MAINTENANCE_WINDOW: Final = "sun:04:30-sun:05:30"
"""UTC; not that of PostgreSQL, so that a stage never does without both."""
POLICY: Final = "allkeys-lru"
"""What makes room when memory is full: the keys that were used least recently, whether they expire or not."""


class _Nodes(TypedDict, total=False):
    num_cache_clusters: int
    num_node_groups: int
    replicas_per_node_group: int


class Redis(Construct):
    """ElastiCache for Redis 7 in the private subnets.

    More shards, replicas or larger nodes are made in place, while it serves. Cluster mode can't be switched on a stage
    that exists: its parameter can't be changed while the group uses it, and the host that it exports is another then,
    which the application still imports.

    Attributes:
        replication_group: the replication group.
        users: who may sign in.
        host: the configuration endpoint in cluster mode, else that of the primary.
        arn: the ARN of the replication group.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, network: Network) -> None:
        super().__init__(scope, id_)
        shape = config.shape
        self.users = Users(self, "Users", config=config)
        self.replication_group = elasticache.CfnReplicationGroup(
            self,
            "Group",
            replication_group_id=replication_group(config),
            replication_group_description=f"Cache of {config.name}",
            engine="redis",
            engine_version=REDIS,
            cache_node_type=shape.redis_class,
            **_nodes(config),
            # Cluster mode has no other way to be.
            automatic_failover_enabled=shape.redis_clustered or shape.redis_replicas > 0,
            multi_az_enabled=shape.redis_replicas > 0,
            port=REDIS_PORT,
            cache_parameter_group_name=self._parameters(config).ref,
            cache_subnet_group_name=self._subnets(config, network).ref,
            security_group_ids=[network.groups.parties["redis"].security_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            user_group_ids=[self.users.group.ref],
            snapshot_retention_limit=shape.redis_snapshots,
            snapshot_window=SNAPSHOT_WINDOW if shape.redis_snapshots else None,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            auto_minor_version_upgrade=True,
            log_delivery_configurations=[self._log(config, "slow-log"), self._log(config, "engine-log")],
        )
        self.replication_group.cfn_options.update_policy = CfnUpdatePolicy(use_online_resharding=True)
        # All that is in it can be had again from the database: it leaves nothing behind.
        self.replication_group.apply_removal_policy(RemovalPolicy.DESTROY)
        self.host = _host(self.replication_group, clustered=shape.redis_clustered)
        self.arn = Stack.of(self).format_arn(
            service="elasticache",
            resource="replicationgroup",
            resource_name=replication_group(config),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self._acknowledge(config)

    def _parameters(self, config: StageConfig) -> elasticache.CfnParameterGroup:
        # Cluster mode is a parameter, and only one of a group that is made with it.
        mode = {"cluster-enabled": "yes"} if config.shape.redis_clustered else {}
        return elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family=f"redis{major(REDIS)}",
            description=f"Redis of {config.name}",
            properties={"maxmemory-policy": POLICY, **mode},
        )

    def _subnets(self, config: StageConfig, network: Network) -> elasticache.CfnSubnetGroup:
        return elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            cache_subnet_group_name=config.named("redis"),
            description="The private subnets",
            subnet_ids=[subnet.subnet_id for subnet in network.private],
        )

    def _log(
        self, config: StageConfig, kind: str
    ) -> elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty:
        group = log_group(self, kind, config=config, name=vended(config, f"redis-{kind}"))
        return elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty(
            log_type=kind,
            log_format="json",
            destination_type="cloudwatch-logs",
            destination_details=elasticache.CfnReplicationGroup.DestinationDetailsProperty(
                cloud_watch_logs_details=elasticache.CfnReplicationGroup.CloudWatchLogsDestinationDetailsProperty(
                    log_group=group.log_group_name
                )
            ),
        )

    def _acknowledge(self, config: StageConfig) -> None:
        reasons = {
            "AwsSolutions-AEC5": "6379 is asked for, and only the functions reach it.",
            "AwsSolutions-AEC6": "Users sign in by IAM; a password for all of them is what that replaces.",
        }
        if not config.shape.redis_replicas:
            reasons["AwsSolutions-AEC4"] = "A dev stage has one node: what it loses with it is computed again."
        acknowledge(self.replication_group, reasons)


def _nodes(config: StageConfig) -> _Nodes:
    shape = config.shape
    if shape.redis_clustered:
        return {"num_node_groups": shape.redis_shards, "replicas_per_node_group": shape.redis_replicas}
    return {"num_cache_clusters": 1 + shape.redis_replicas}


def _host(group: elasticache.CfnReplicationGroup, *, clustered: bool) -> str:
    return group.attr_configuration_end_point_address if clustered else group.attr_primary_end_point_address
