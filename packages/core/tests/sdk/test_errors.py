"""What AWS, or the SDK, has against it: one line, one class for each thing to do."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    InvalidConfigError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
    WaiterError,
)

from core.sdk import (
    AccessDeniedError,
    AwsError,
    Clients,
    MisconfiguredError,
    NotSignedInError,
    ProfileMissingError,
    RefusedError,
    RegionMissingError,
    UnreachableError,
    aws_errors,
    error_code,
)

URL = "https://sts.invalid"


def answer(code: str) -> ClientError:
    """Return an answer of AWS that is an error."""
    return ClientError({"Error": {"Code": code, "Message": "AWS's\n words"}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (NoRegionError(), RegionMissingError, "set AWS_REGION"),
        (ProfileNotFound(profile="nobody"), ProfileMissingError, "AWS_PROFILE"),
        (NoCredentialsError(), NotSignedInError, "aws sso login"),
        (UnauthorizedSSOTokenError(), NotSignedInError, "aws sso login"),
        (TokenRetrievalError(provider="sso", error_msg="expired"), NotSignedInError, "expired"),
        (EndpointConnectionError(endpoint_url=URL), UnreachableError, URL),
        (ReadTimeoutError(endpoint_url=URL), UnreachableError, URL),
        (SSLError(endpoint_url=URL, error=OSError("self-signed")), UnreachableError, "self-signed"),
        (WaiterError("function_updated", "Max attempts exceeded", {}), AwsError, "did not come that far: Waiter"),
        (InvalidConfigError(error_msg="half a profile"), MisconfiguredError, "half a profile"),
        (answer("ExpiredToken"), NotSignedInError, "ExpiredToken: AWS's words"),
        (answer("AuthFailure"), NotSignedInError, "aws sso login"),
        (answer("UnauthorizedOperation"), AccessDeniedError, "needs sts:A and sts:B (AWS's words)"),
        (answer("Throttling"), RefusedError, "answered Throttling to DescribeStacks: AWS's words"),
    ],
)
def test_each_thing_to_do_has_a_class(raised: Exception, kind: type[AwsError], words: str) -> None:
    """Whatever happens, it is a line that begins with what can't be done."""
    with pytest.raises(AwsError) as caught, aws_errors("it fails", needs=("sts:A", "sts:B")):
        raise raised
    assert type(caught.value) is kind
    assert caught.value.__cause__ is raised
    line = str(caught.value)
    assert line == f"it fails: {caught.value.reason}"
    assert words in line
    assert "\n" not in line


def test_without_a_list_of_actions_awss_words_stand_alone() -> None:
    """They name the action that was denied."""
    with pytest.raises(AccessDeniedError, match=r"your role may not do it: AWS's words$"), aws_errors("it fails"):
        raise answer("AccessDenied")


def test_a_programs_own_mistake_is_none_of_awss() -> None:
    """A call with wrong parameters is to be mended, not to be told to a user."""
    with pytest.raises(ParamValidationError), aws_errors("it fails"):
        Clients().sts.assume_role(RoleArn="short", RoleSessionName="x")


def test_the_code_of_an_answer() -> None:
    """It is what a program decides by; an answer without one has an empty one."""
    assert error_code(answer("ValidationError")) == "ValidationError"
    assert error_code(ClientError({}, "HeadBucket")) == ""
