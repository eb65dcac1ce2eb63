"""What is deployed of a stage, as CloudFormation tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from core.names import Part, stack_name
from core.sdk import Clients, error_code

from .errors import InfraError

_EMPTY = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
"""What a stack's status is while it has no resources."""


class NotDeployedError(InfraError):
    """A stage, or what is asked of it, is not deployed.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(
            f"stage {stage!r} is not deployed as it should be: {reason}; `nox -s deploy -- {stage}` does it"
        )
        self.stage = stage


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedStack:
    """A stack of a stage.

    Attributes:
        stage: the stage.
        name: the stack's name.
        status: CloudFormation's word for its state, as in `UPDATE_COMPLETE`.
        protected: whether its termination protection is on.
        outputs: the values of its outputs, by name.
    """

    stage: str
    name: str
    status: str
    protected: bool
    outputs: Mapping[str, str]

    @property
    def has_resources(self) -> bool:
        """Whether something of it may be there."""
        return self.status not in _EMPTY

    def output(self, name: str) -> str:
        """Return the value of an output.

        Raises:
            NotDeployedError: it has none of that name.
        """
        try:
            return self.outputs[name]
        except KeyError:
            raise NotDeployedError(self.stage, f"its stack {self.name} ({self.status}) has no output {name}") from None


def find_stack(clients: Clients, stage: str, part: Part) -> DeployedStack | None:
    """Return a stack of a stage, or None where there is none.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    name = stack_name(stage, part)
    try:
        found = clients.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error_code(error) == "ValidationError":
            return None
        raise
    return DeployedStack(
        stage=stage,
        name=name,
        status=found["StackStatus"],
        protected=found.get("EnableTerminationProtection", False),
        outputs={
            output["OutputKey"]: output["OutputValue"]
            for output in found.get("Outputs", [])
            if "OutputKey" in output and "OutputValue" in output
        },
    )


def stack_of(clients: Clients, stage: str, part: Part) -> DeployedStack:
    """Return a stack of a stage that must be there.

    Raises:
        NotDeployedError: it is not.
    """
    stack = find_stack(clients, stage, part)
    if stack is None or not stack.has_resources:
        raise NotDeployedError(
            stage, f"there is no stack {stack_name(stage, part)} in {clients.region} of that account"
        )
    return stack


def resources_of(clients: Clients, stack: DeployedStack, kind: str) -> Iterator[str]:
    """Yield the physical ids of a stack's resources of one type, such as `AWS::S3::Bucket`."""
    for page in clients.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == kind and "PhysicalResourceId" in resource:
                yield resource["PhysicalResourceId"]
