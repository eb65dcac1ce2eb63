"""The provision function, and the custom resource by which a deployment runs it before anything uses the engines."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypedDict

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from core.manifest import Function, OpenSearchAccess
from infra.bundle import Bundle
from infra.functions import Place, make_function
from infra.links import Links
from infra.stage import StageConfig

from .framework import provider_of

if TYPE_CHECKING:
    from infra.stacks.exports import Exports

_LONGEST_MINUTES: Final = 15
"""How long CloudFormation waits, an hour where nothing is said: as long as the framework's function may run."""


class SearchUser(TypedDict):
    """A function that uses OpenSearch, as the provision function is told of it (`functions.provision.event`)."""

    Name: str
    RoleArn: str
    Read: list[str]
    Write: list[str]


class Provisioning(Construct):
    """The provision function of a stage and its custom resource.

    Removing the resource removes nothing in the engines. Its role is the foundation's, where the search domain has it
    as its master.

    Attributes:
        function: the provision function.
    """

    def __init__(  # noqa: PLR0913  # what provisioning is made of
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        exports: "Exports",
        links: Links,
        function: Function,
        bundle: Bundle,
        manifest: Sequence[Function],
        roles: Mapping[str, iam.Role],
    ) -> None:
        super().__init__(scope, id_)
        self.function = make_function(
            self,
            "Function",
            config=config,
            function=function,
            bundle=bundle,
            links=links,
            # A grant from here would make the foundation depend on the application.
            role=iam.Role.from_role_arn(self, "Role", exports.provision_role_arn, mutable=False),
            place=Place(self, "Place", exports=exports),
        )
        CustomResource(
            self,
            "Resource",
            service_token=provider_of(self, config=config, function=self.function).service_token,
            resource_type="Custom::Provision",
            service_timeout=Duration.minutes(_LONGEST_MINUTES),
            properties={
                # It runs again when one of these changes: the code and the migrations in it, the engines, who uses
                # them.
                "Bundle": bundle.digest,
                "Links": links.environment(*function.links),
                "Functions": search_users(manifest, roles),
            },
        )


def search_users(manifest: Sequence[Function], roles: Mapping[str, iam.Role]) -> list[SearchUser]:
    """Return the functions that use OpenSearch, each with its role and its indexes."""
    return [
        SearchUser(
            Name=function.name,
            RoleArn=roles[function.name].role_arn,
            Read=list(access.read),
            Write=list(access.write),
        )
        for function in manifest
        for access in function.links
        if isinstance(access, OpenSearchAccess)
    ]
