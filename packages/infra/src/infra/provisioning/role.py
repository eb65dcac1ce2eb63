"""The role of the provision function.

It is the foundation's and complete there: the domain names it as its master, and a permission on the domain that
the application gave it would turn the order of the two stacks around. Lambda gives a role that is given to it none
of the permissions that it gives its own, so these are here too.
"""

from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from functions.manifest import PROVISION
from infra.database import MASTER_USER, Database
from infra.functions import run_in_network, write_log
from infra.interfaces import as_principal
from infra.opensearch import METHODS, OpenSearch
from infra.redis import Redis
from infra.stage import StageConfig
from infra.wildcards import acknowledge_wildcards

_SEARCH_REASON: Final = "The master of the domain sets up all of it, for whatever indexes the application has."


class ProvisionRole(Construct):
    """The role that migrates the database and sets up search: master of both.

    Attributes:
        role: the role.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=as_principal(iam.ServicePrincipal("lambda.amazonaws.com")),
            description="Provisions the database and search; master of the OpenSearch domain",
        )
        self._let(*run_in_network(self, config, PROVISION.name), write_log(self, config, PROVISION.name))

    def let_in(self, *, database: Database, redis: Redis, opensearch: OpenSearch) -> None:
        """Let the role sign in: as the master user by the proxy, as the application to Redis, to the whole domain."""
        database.proxy.grant_connect(self.role, MASTER_USER)
        self._let(iam.PolicyStatement(actions=["elasticache:Connect"], resources=[redis.arn, redis.users.app.attr_arn]))
        self._let(
            iam.PolicyStatement(
                actions=[f"es:ESHttp{method}" for method in METHODS], resources=[f"{opensearch.arn}/*"]
            ),
            reason=_SEARCH_REASON,
        )

    def _let(self, *statements: iam.PolicyStatement, reason: str | None = None) -> None:
        for statement in statements:
            self.role.add_to_policy(statement)
        acknowledge_wildcards(self.role, statements, reason=reason)
