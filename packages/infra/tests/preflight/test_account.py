"""Bootstrap, service-linked roles and stacks: on moto's server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from core.sdk import Clients
from infra.preflight.bootstrap import LEAST_VERSION, VERSION_PARAMETER, check_bootstrap
from infra.preflight.linked_roles import check_linked_roles, services
from infra.preflight.stacks import check_stacks
from infra.preflight.subject import Check
from infra.stage import StageConfig

pytestmark = pytest.mark.slow

Found = Callable[[Check, StageConfig], list[str]]


def test_an_account_that_is_not_bootstrapped_is_found(found: Found, dev: StageConfig) -> None:
    """The account and region are named, and the command."""
    assert found(check_bootstrap, dev) == [
        "account 123456789012 in eu-central-1 is not bootstrapped for the CDK: `nox -s bootstrap -- dev` does it"
    ]


@pytest.mark.parametrize(
    ("version", "lines"), [(str(LEAST_VERSION), 0), ("30", 0), (str(LEAST_VERSION - 1), 1), ("x", 1)]
)
def test_the_bootstrap_must_be_recent(aws: Clients, found: Found, dev: StageConfig, version: str, lines: int) -> None:
    """Its version is a number, and at least the one that the assembly asks for."""
    aws.ssm.put_parameter(Name=VERSION_PARAMETER, Value=version, Type="String")
    said = found(check_bootstrap, dev)
    assert len(said) == lines
    assert all(f"by version {version} of" in line and "nox -s bootstrap -- dev" in line for line in said)


def test_service_linked_roles_are_looked_for(aws: Clients, found: Found, dev: StageConfig) -> None:
    """Each that lacks is named, until it is there; the bastion's group needs one more."""
    lines = found(check_linked_roles, dev)
    assert [line.split()[0] for line in lines] == list(services(dev))
    assert all("nox -s bootstrap -- dev" in line for line in lines)
    for service in services(dev):
        aws.iam.create_service_linked_role(AWSServiceName=service)
    assert found(check_linked_roles, dev) == []
    (line,) = found(check_linked_roles, replace(dev, bastion=True))
    assert line.startswith("autoscaling.amazonaws.com")


def test_a_stage_of_which_nothing_is_deployed_has_no_stacks_in_the_way(found: Found, dev: StageConfig) -> None:
    """Nor has one whose stack stands as it should."""
    assert found(check_stacks, dev) == []


def test_a_stack_that_is_complete_passes(
    found: Found, dev: StageConfig, foundation: Callable[[Mapping[str, object]], None]
) -> None:
    """On moto's server a stack is complete at once."""
    foundation({"Topic": {"Type": "AWS::SNS::Topic"}})
    assert found(check_stacks, dev) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("CREATE_COMPLETE, protected", None),
        ("UPDATE_ROLLBACK_COMPLETE, protected", None),
        ("REVIEW_IN_PROGRESS", None),
        ("ROLLBACK_COMPLETE", None),
        ("ROLLBACK_COMPLETE, protected", "nox -s remove -- dev"),
        ("ROLLBACK_FAILED", "nox -s remove -- dev"),
        ("DELETE_FAILED", "nox -s remove -- dev"),
        ("CREATE_IN_PROGRESS", "wait"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "wait"),
        ("UPDATE_ROLLBACK_FAILED, protected", "continue-update-rollback --stack-name mocstack-dev-foundation"),
    ],
)
def test_each_state_of_a_stack_has_its_step(
    aws: Clients, found: Found, dev: StageConfig, state: str, words: str | None
) -> None:
    """The server of moto can't be brought into these states: the answer has the form of the SDK's model."""
    status, _, protected = state.partition(", ")
    stack: dict[str, Any] = {
        "StackName": "mocstack-dev-foundation",
        "CreationTime": "2026-11-22T00:00:00Z",
        "StackStatus": status,
        "EnableTerminationProtection": bool(protected),
    }
    with Stubber(aws.cloudformation) as stubber:
        stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "mocstack-dev-foundation"})
        stubber.add_client_error("describe_stacks", "ValidationError", "does not exist", 400)
        lines = found(check_stacks, dev)
    if words is None:
        assert lines == []
    else:
        (line,) = lines
        assert line.startswith(f"the stack mocstack-dev-foundation is {status}: ")
        assert words in line
