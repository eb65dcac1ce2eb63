"""What becomes of each resource of a stack that is removed, by the template that is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypedDict, cast

from core.sdk import Clients
from infra.deployed import DeployedStack

Fate = Literal["goes", "stays", "snapshot"]
"""`snapshot`: it goes, and its data stays in a final snapshot."""

_FATES: Final[Mapping[str, Fate]] = {
    "Delete": "goes",
    "Retain": "stays",
    "RetainExceptOnCreate": "stays",
    "Snapshot": "snapshot",
}
_SNAPSHOT_BY_DEFAULT: Final = frozenset({"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"})
"""What has `Snapshot` where the template says nothing (CloudFormation's documentation of DeletionPolicy)."""


class _Declared(TypedDict, total=False):
    DeletionPolicy: str


class _Template(TypedDict):
    Resources: Mapping[str, _Declared]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a stack.

    Attributes:
        kind: its type, as in `AWS::S3::Bucket`.
        logical_id: its name in the template.
        physical_id: what AWS knows it by.
        fate: what becomes of it.
    """

    kind: str
    logical_id: str
    physical_id: str
    fate: Fate


def plan(clients: Clients, stack: DeployedStack) -> tuple[Resource, ...]:
    """Return the resources of a stack that are there.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    if stack.status == "REVIEW_IN_PROGRESS":  # a change set was made, and nothing else: there is no template
        return ()
    # The SDK reads a template in JSON, as the CDK writes them, and declares it as text.
    body = cast("object", clients.cloudformation.get_template(StackName=stack.name)["TemplateBody"])
    declared = cast("_Template", body)["Resources"]
    pages = clients.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    return tuple(
        Resource(kind, found["LogicalResourceId"], physical, _fate(kind, declared.get(found["LogicalResourceId"], {})))
        for page in pages
        for found in page["StackResourceSummaries"]
        if (physical := found.get("PhysicalResourceId")) and found["ResourceStatus"] != "DELETE_COMPLETE"
        for kind in [found["ResourceType"]]
    )


def _fate(kind: str, declared: _Declared) -> Fate:
    return _FATES[declared.get("DeletionPolicy", "Snapshot" if kind in _SNAPSHOT_BY_DEFAULT else "Delete")]
