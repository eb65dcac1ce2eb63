"""The PostgreSQL instance."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.interfaces import as_principal
from infra.log_group_names import DATABASE_LOGS, database_log
from infra.log_groups import log_group
from infra.network import Network
from infra.stage import StageConfig
from infra.versions import POSTGRES

from .names import DATABASE_NAME, MASTER_USER, instance_name
from .parameters import FAMILY_VERSION, values

BACKUP_DAYS: Final = 7
"""Days that the instance can be restored to any moment of (acceptance 1.3.6)."""
BACKUP_WINDOW: Final = "02:00-03:00"
"""UTC, daily."""
MAINTENANCE_WINDOW: Final = "sun:03:30-sun:04:30"
"""UTC; after the backup, with which RDS lets it not overlap."""

_MONITORING: Final = 60
"""Seconds between two looks at the operating system: the longest there is. Each look is a record that is paid for."""
_AWS_POLICY: Final = "AWS keeps it for this service and purpose: it writes to the log group of RDS's own metrics."


def engine() -> rds.IInstanceEngine:
    """Return the engine of instance and parameter group."""
    return rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.of(POSTGRES, FAMILY_VERSION))


class Instance(Construct):
    """The instance, its parameter group, subnet group, logs and monitoring.

    Changing its class, storage or zones changes it in place. RDS brings it to newer releases of 15 by itself: later
    deployments compare the version with the template before, not with the instance (the RDS provider's `Translator`),
    and so never try to go back.

    Attributes:
        database: the instance.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, network: Network) -> None:
        super().__init__(scope, id_)
        shape = config.shape
        logs = self._logs(config)
        self.database = rds.DatabaseInstance(
            self,
            "Postgres",
            instance_identifier=instance_name(config),
            engine=engine(),
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            instance_type=ec2.InstanceType(shape.database_class.removeprefix("db.")),
            multi_az=shape.database_multi_az,
            storage_type=rds.StorageType.GP3,
            allocated_storage=shape.database_storage,
            max_allocated_storage=shape.database_storage_most,
            storage_encrypted=True,
            vpc=network.vpc,
            subnet_group=self._subnets(config, network),
            # The rules are the network's alone: of a mutable group, the proxy would write one of them once more.
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(
                    self, "Group", network.groups.parties["database"].security_group_id, mutable=False
                )
            ],
            publicly_accessible=False,
            database_name=DATABASE_NAME,
            # RDS makes the secret and gives it a new password every 7 days, without a function of ours.
            credentials=rds.Credentials.from_username(MASTER_USER),
            manage_master_user_password=True,
            iam_authentication=True,
            parameter_group=self._parameters(config),
            backup_retention=Duration.days(BACKUP_DAYS),
            preferred_backup_window=BACKUP_WINDOW,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            # It holds against CloudFormation too: a first deployment that fails can't take the instance back.
            deletion_protection=shape.protected,
            delete_automated_backups=not shape.protected,
            removal_policy=RemovalPolicy.SNAPSHOT if shape.protected else RemovalPolicy.DESTROY,
            cloudwatch_logs_exports=list(DATABASE_LOGS),
            # Database Insights, in its standard mode: the API still says Performance Insights. Seven days of it are
            # free of charge, and PostgreSQL has it on every class.
            enable_performance_insights=True,
            performance_insight_retention=rds.PerformanceInsightRetention.DEFAULT,
            database_insights_mode=rds.DatabaseInsightsMode.STANDARD,
            monitoring_interval=Duration.seconds(_MONITORING),
            monitoring_role=self._monitoring_role(),
        )
        self.database.node.add_dependency(*logs)
        self._acknowledge(config)

    def _logs(self, config: StageConfig) -> list[Construct]:
        return [
            log_group(self, f"{log.title()}Log", config=config, name=database_log(config, log)) for log in DATABASE_LOGS
        ]

    def _subnets(self, config: StageConfig, network: Network) -> rds.SubnetGroup:
        return rds.SubnetGroup(
            self,
            "Subnets",
            subnet_group_name=config.named("database"),
            description="The private subnets",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=network.private),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _parameters(self, config: StageConfig) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self,
            "Parameters",
            engine=engine(),
            description=f"PostgreSQL of {config.name}",
            parameters=values(),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _monitoring_role(self) -> iam.Role:
        policy = "service-role/AmazonRDSEnhancedMonitoringRole"
        role = iam.Role(
            self,
            "MonitoringRole",
            assumed_by=as_principal(iam.ServicePrincipal("monitoring.rds.amazonaws.com")),
            description="Writes the metrics of the operating system under PostgreSQL",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        acknowledge(role, {f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]": _AWS_POLICY})
        return role

    def _acknowledge(self, config: StageConfig) -> None:
        reasons = {"AwsSolutions-RDS11": "5432 is asked for, and only the proxy reaches it."}
        if not config.shape.database_multi_az:
            reasons["AwsSolutions-RDS3"] = "No users wait for this stage: a standby would double its cost."
        if not config.shape.protected:
            reasons["AwsSolutions-RDS10"] = "Removing a dev stage is meant to be easy; its data is sample data."
        acknowledge(self.database, reasons)
