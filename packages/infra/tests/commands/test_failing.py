"""What failed first in a deployment.

moto's server makes or refuses a stack whole, and records no resource that failed: its answers are botocore's Stubber's,
held to the model of the API.
"""

from typing import Any

import pytest
from botocore.stub import Stubber

from core.sdk import Clients
from infra.commands.failing import DeploymentFailedError, Failure, first_failure, latest_events

pytestmark = pytest.mark.slow

FOUNDATION, APPLICATION = "mocstack-jane-foundation", "mocstack-jane-application"
STACK = "AWS::CloudFormation::Stack"
DATABASE = "AWS::RDS::DBInstance"
PROVISIONED = (
    "Received response status [FAILED] from custom resource. Message returned: AuthenticationError:\n the proxy has no "
    "credentials for the role (RequestId: 1)"
)
Told = tuple[str, str, str, str]
"""Of an event: the resource, its type, its status, and the reason."""


@pytest.fixture
def clients(own_aws_environment: None) -> Clients:  # noqa: ARG001
    """Return clients whose answers a test gives."""
    return Clients("eu-central-1")


def told(stack: str, *events: Told) -> dict[str, Any]:
    """Return an answer with a stack's events, given in the order of time: AWS gives the latest first."""
    answers = [
        {
            "StackId": f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{stack}/1",
            "EventId": f"{stack}-{number}",
            "StackName": stack,
            "Timestamp": "2026-11-22T00:00:00Z",
            "LogicalResourceId": logical_id,
            "ResourceType": kind,
            "ResourceStatus": status,
            **({"ResourceStatusReason": reason} if reason else {}),
        }
        for number, (logical_id, kind, status, reason) in enumerate(events)
    ]
    return {"StackEvents": answers[::-1]}


EARLIER: tuple[Told, ...] = (
    (FOUNDATION, STACK, "UPDATE_IN_PROGRESS", "User Initiated"),
    ("Old", DATABASE, "UPDATE_FAILED", "of the deployment before"),
    (FOUNDATION, STACK, "UPDATE_ROLLBACK_COMPLETE", ""),
)
BEGUN: Told = (FOUNDATION, STACK, "UPDATE_IN_PROGRESS", "User Initiated")
CASES: dict[str, tuple[tuple[Told, ...], Failure]] = {
    "the first, not those that were cancelled": (
        (
            ("Cache", "AWS::ElastiCache::ReplicationGroup", "CREATE_FAILED", "Resource creation cancelled"),
            ("Database", DATABASE, "UPDATE_FAILED", "no such class"),
            ("Domain", "AWS::OpenSearchService::Domain", "UPDATE_FAILED", "something else"),
            (FOUNDATION, STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed: [Database]"),
            ("Late", DATABASE, "DELETE_FAILED", "while it went back"),
        ),
        Failure(FOUNDATION, "Database", DATABASE, "no such class"),
    ),
    "a custom resource, in its function's words": (
        (("Provision", "Custom::Provision", "CREATE_FAILED", PROVISIONED),),
        Failure(FOUNDATION, "Provision", "Custom::Provision", " ".join(PROVISIONED.split())),
    ),
    "what CloudFormation itself refuses": (
        ((FOUNDATION, STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "Export x cannot be updated as it is in use by y"),),
        Failure(FOUNDATION, FOUNDATION, STACK, "Export x cannot be updated as it is in use by y"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_failed_first_is_found(clients: Clients, case: str) -> None:
    """Of this deployment, whatever the one before has left in the events."""
    events, failure = CASES[case]
    with Stubber(clients.cloudformation) as stubber:
        stubber.add_response("describe_stack_events", told(FOUNDATION, *EARLIER), {"StackName": FOUNDATION})
        stubber.add_client_error("describe_stack_events", "ValidationError", "does not exist", 400)
        stubber.add_response("describe_stack_events", told(FOUNDATION, *EARLIER, BEGUN, *events))
        before = latest_events(clients, "jane")
        assert before == {FOUNDATION: f"{FOUNDATION}-2", APPLICATION: None}
        assert first_failure(clients, before) == failure


def test_where_no_event_tells_nothing_is_made_up(clients: Clients) -> None:
    """The CDK may have failed before CloudFormation did anything; its own lines say why."""
    with Stubber(clients.cloudformation) as stubber:
        for _ in range(2):
            stubber.add_response("describe_stack_events", told(FOUNDATION, *EARLIER), {"StackName": FOUNDATION})
            stubber.add_client_error("describe_stack_events", "ValidationError", "does not exist", 400)
        assert first_failure(clients, latest_events(clients, "jane")) is None


def test_the_application_is_looked_at_after_the_foundation(clients: Clients) -> None:
    """Each stack's own events, from where they ended before."""
    with Stubber(clients.cloudformation) as stubber:
        stubber.add_response("describe_stack_events", told(FOUNDATION, *EARLIER), {"StackName": FOUNDATION})
        failed = ("Function", "AWS::Lambda::Function", "CREATE_FAILED", "no code")
        stubber.add_response("describe_stack_events", told(APPLICATION, failed), {"StackName": APPLICATION})
        found = first_failure(clients, {FOUNDATION: f"{FOUNDATION}-2", APPLICATION: None})
    failure = Failure(APPLICATION, "Function", "AWS::Lambda::Function", "no code")
    assert found == failure
    assert str(DeploymentFailedError("jane", failure)) == (
        "the deployment of 'jane' failed first at Function (AWS::Lambda::Function) of mocstack-jane-application: "
        "no code; `nox -s diff -- jane` shows what is left to do"
    )
