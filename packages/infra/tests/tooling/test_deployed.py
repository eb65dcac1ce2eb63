"""What is deployed of a stage, on moto's server."""

from collections.abc import Callable

import pytest
from botocore.stub import Stubber

from core.sdk import Clients, RefusedError, aws_errors
from infra.deployed import NotDeployedError, find_stack, resources_of, stack_of

pytestmark = pytest.mark.slow


def test_a_stack_is_found_with_its_outputs(aws: Clients, stack: Callable[..., None]) -> None:
    """By the stage's name and the part; its resources by their type."""
    stack("application", ApiUrl="https://api.example.com")
    found = stack_of(aws, "dev", "application")
    assert (found.name, found.status, found.protected) == ("mocstack-dev-application", "CREATE_COMPLETE", False)
    assert found.output("ApiUrl") == "https://api.example.com"
    (topic,) = resources_of(aws, found, "AWS::SNS::Topic")
    assert topic.startswith("arn:aws:sns:eu-central-1:")
    assert list(resources_of(aws, found, "AWS::S3::Bucket")) == []


def test_a_stack_that_is_not_there_says_how_to_deploy_it(aws: Clients) -> None:
    """None where a stage may be new, an error where it must be there."""
    assert find_stack(aws, "dev", "foundation") is None
    with pytest.raises(
        NotDeployedError, match=r"no stack mocstack-dev-foundation in eu-central-1.*nox -s deploy -- dev"
    ):
        stack_of(aws, "dev", "foundation")


def test_an_output_that_is_not_there_is_named(aws: Clients, stack: Callable[..., None]) -> None:
    """With the stack's state: a deployment may have ended before."""
    stack("application")
    with pytest.raises(NotDeployedError, match=r"mocstack-dev-application \(CREATE_COMPLETE\) has no output ApiUrl"):
        stack_of(aws, "dev", "application").output("ApiUrl")


def test_another_answer_is_none_of_absence(aws: Clients) -> None:
    """Whoever may not look is not told that there is nothing."""
    with Stubber(aws.cloudformation) as stubber:
        stubber.add_client_error("describe_stacks", "Throttling", "Rate exceeded", 400)
        with pytest.raises(RefusedError), aws_errors("it fails"):
            find_stack(aws, "dev", "foundation")
