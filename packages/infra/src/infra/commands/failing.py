"""What failed first in a deployment, as CloudFormation's events tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from core.names import stack_name
from core.sdk import Clients, error_code
from infra.errors import InfraError
from infra.log_group_names import PARTS

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackEventTypeDef

_STACK = "AWS::CloudFormation::Stack"
_CANCELLED = "cancelled"
"""What CloudFormation says of each resource that it was at when another failed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A resource that was not made, changed or deleted.

    Attributes:
        stack: its stack's name.
        logical_id: its name in the template.
        kind: its type, as in `AWS::S3::Bucket`.
        reason: why, in the service's words; of a custom resource, in the words of what answers for it.
    """

    stack: str
    logical_id: str
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.kind}) of {self.stack}: {self.reason}"


class DeploymentFailedError(InfraError):
    """CloudFormation has begun a deployment, and it failed.

    Attributes:
        stage: the stage's name.
        failure: what failed first.
    """

    def __init__(self, stage: str, failure: Failure) -> None:
        super().__init__(
            f"the deployment of {stage!r} failed first at {failure}; `nox -s diff -- {stage}` shows what is left to do"
        )
        self.stage = stage
        self.failure = failure


def latest_events(clients: Clients, stage: str) -> Mapping[str, str | None]:
    """Return the id of the latest event of each of a stage's stacks, for what comes after; None where there is none.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    names = [stack_name(stage, part) for part in PARTS]
    return {name: next((event["EventId"] for event in _events(clients, name)), None) for name in names}


def first_failure(clients: Clients, before: Mapping[str, str | None]) -> Failure | None:
    """Return what has failed first since, or None where no event tells.

    Args:
        clients: AWS.
        before: the latest events before the deployment.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for name, latest in before.items():
        events = list(_since(clients, name, latest))[::-1]
        of_resources = [event for event in events if event.get("ResourceType") != _STACK]
        # What CloudFormation itself refuses, as the change of an export that is in use, is of the stack's own events.
        for event in (*filter(_failed, of_resources), *filter(_turned_back, events)):
            return _failure(event)
    return None


def _failed(event: "StackEventTypeDef") -> bool:
    reason = event.get("ResourceStatusReason", "")
    return event.get("ResourceStatus", "").endswith("_FAILED") and bool(reason) and _CANCELLED not in reason


def _turned_back(event: "StackEventTypeDef") -> bool:
    status = event.get("ResourceStatus", "")
    ended = status.endswith(("ROLLBACK_IN_PROGRESS", "_FAILED"))
    return event.get("ResourceType") == _STACK and ended and bool(event.get("ResourceStatusReason"))


def _failure(event: "StackEventTypeDef") -> Failure:
    return Failure(
        event["StackName"],
        event.get("LogicalResourceId", ""),
        event.get("ResourceType", ""),
        " ".join(event.get("ResourceStatusReason", "").split()),
    )


def _since(clients: Clients, name: str, latest: str | None) -> Iterator["StackEventTypeDef"]:
    for event in _events(clients, name):
        if event["EventId"] == latest:
            return
        yield event


def _events(clients: Clients, name: str) -> Iterator["StackEventTypeDef"]:
    """Yield a stack's events, the latest first; none where there is no such stack."""
    try:
        for page in clients.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name):
            yield from page["StackEvents"]
    except ClientError as error:
        if error_code(error) != "ValidationError":
            raise
