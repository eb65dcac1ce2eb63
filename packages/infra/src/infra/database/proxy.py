"""RDS Proxy: the one way to the database, for tokens of IAM only, and again by a token from there to PostgreSQL."""

from typing import Final, cast

from aws_cdk import Duration, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.interfaces import as_principal, as_role
from infra.log_group_names import proxy_log
from infra.log_groups import log_group
from infra.network import Network
from infra.stage import StageConfig

from .names import APP_USER

CONNECTIONS_PERCENT: Final = 80
"""Of the instance's 125 connections: 100 (acceptance 1.3.2)."""

_IDLE_PERCENT: Final = 40
"""Of the same: how many stay open unused. Half of the most, as RDS would have it by itself."""
_BORROW: Final = Duration.seconds(5)
"""How long a client waits for a connection: less than a function has (10 s by default), so that it can still answer."""
_IDLE: Final = Duration.minutes(15)
"""When a client that is silent is forgotten: an execution environment that Lambda has ended says no farewell."""


class Proxy(Construct):
    """The proxy, its role and its log.

    Attributes:
        proxy: the proxy.
        proxy_id: its resource id, `prx-...`.
    """

    def __init__(
        self, scope: Construct, id_: str, *, config: StageConfig, network: Network, database: rds.DatabaseInstance
    ) -> None:
        super().__init__(scope, id_)
        name = config.named("proxy")
        role = iam.Role(
            self,
            "Role",
            assumed_by=as_principal(iam.ServicePrincipal("rds.amazonaws.com")),
            description="Signs in to PostgreSQL for the proxy's clients",
        )
        # The authentication scheme alone does not give it this.
        grant = database.grant_connect(role, APP_USER)
        self.proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            db_proxy_name=name,
            proxy_target=rds.ProxyTarget.from_instance(database),
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=network.private),
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(
                    self, "Group", network.groups.parties["proxy"].security_group_id, mutable=False
                )
            ],
            role=as_role(role),
            # Functions are passed on with tokens; the master, who is not of rds_iam, with the secret that RDS rotates.
            default_auth_scheme=rds.DefaultAuthScheme.IAM_AUTH,
            # RDS manages it, so it is there; the CDK's type also stands for an instance without one.
            secrets=[cast("secretsmanager.ISecret", database.secret)],
            iam_auth=True,
            require_tls=True,
            max_connections_percent=CONNECTIONS_PERCENT,
            max_idle_connections_percent=_IDLE_PERCENT,
            borrow_timeout=_BORROW,
            idle_client_timeout=_IDLE,
            # It would log statements with their values.
            debug_logging=False,
        )
        # Made with a role that can't do its work yet, the proxy would keep its targets unavailable for minutes.
        grant.apply_before(self.proxy)
        self.proxy.node.add_dependency(log_group(self, "Log", config=config, name=proxy_log(config)))
        acknowledge(
            self.proxy,
            {
                "CloudFormation-Validate::F3002": (
                    "A target group can carry tags by CloudFormation's newer schema, which this check lacks."
                )
            },
        )
        self.proxy_id = Fn.select(6, Fn.split(":", self.proxy.db_proxy_arn))
