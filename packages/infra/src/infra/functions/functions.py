"""Every function of the manifest, each with a role and a log group of its own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from core.manifest import Function
from infra.bundle import Bundle
from infra.interfaces import as_principal, as_role
from infra.links import Links
from infra.stage import StageConfig
from infra.wildcards import acknowledge_wildcards

from .permissions import run_in_network, write_log
from .runtime import Place, make_function

if TYPE_CHECKING:
    from infra.stacks.exports import Exports


class Functions(Construct):
    """The functions of a stage.

    Attributes:
        roles: the role of each function, by the function's name: made before what provisions the engines, which is
            given their ARNs.
        functions: each function, by its name.
    """

    def __init__(  # noqa: PLR0913  # what functions are made of
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        exports: "Exports",
        links: Links,
        manifest: Sequence[Function],
        bundles: Mapping[str, Bundle],
    ) -> None:
        super().__init__(scope, id_)
        place = Place(self, "Place", exports=exports)
        scopes = {function.name: Construct(self, function.name) for function in manifest}
        self.roles: dict[str, iam.Role] = {
            function.name: _role(scopes[function.name], config=config, function=function, links=links)
            for function in manifest
        }
        self.functions: dict[str, lambda_.Function] = {
            function.name: make_function(
                scopes[function.name],
                "Function",
                config=config,
                function=function,
                bundle=bundles[function.name],
                links=links,
                role=as_role(self.roles[function.name]),
                place=place,
            )
            for function in manifest
        }

    def wait_for(self, provisioned: Construct) -> None:
        """Make no function, and change none, before the engines are what its code needs.

        The functions wait, and not their roles, which provisioning is given.
        """
        for function in self.functions.values():
            function.node.add_dependency(provisioned)


def _role(scope: Construct, *, config: StageConfig, function: Function, links: Links) -> iam.Role:
    """Return the role of a function, with all that it is allowed: a policy that came later could come too late."""
    statements = [
        *run_in_network(scope, config, function.name),
        write_log(scope, config, function.name),
        *links.statements(function),
    ]
    role = iam.Role(
        scope,
        "Role",
        assumed_by=as_principal(iam.ServicePrincipal("lambda.amazonaws.com")),
        description=f"The function {function.name} of stage {config.name}",
        inline_policies={"function": iam.PolicyDocument(statements=statements)},
    )
    acknowledge_wildcards(role, statements)
    return role
