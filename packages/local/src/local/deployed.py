"""The database of a deployed stage, which no laptop reaches: its provision function migrates it, and shows its log."""

import base64
import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NotRequired, Protocol, TypedDict, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from core.errors import StageNameError
from core.names import PROVISION_FUNCTION_OUTPUT, check_stage, stack_name

from .errors import LocalError

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 20
"""How long an answer of CloudFormation may take."""
_PROVISION_SECONDS = 930
"""How long the function may take: the longest that Lambda runs one (its documented quota), and some to answer."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_SIGN_IN_ERRORS = (CredentialRetrievalError, LoginError, NoCredentialsError, PartialCredentialsError, SSOError)
_SIGN_IN_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class DeployedStageError(LocalError):
    """The database of a deployed stage can't be migrated from here.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"stage {stage!r} can't be migrated: {reason}")
        self.stage = stage


class _Output(TypedDict):
    """What is used of AWS's answers and of the SDK's clients, which have no types."""

    OutputKey: str
    OutputValue: str


class _Stack(TypedDict):
    StackStatus: str
    Outputs: NotRequired[list[_Output]]


class _Stacks(TypedDict):
    Stacks: list[_Stack]


class _Payload(Protocol):
    def read(self) -> bytes: ...


class _Invoked(TypedDict):
    Payload: _Payload
    LogResult: NotRequired[str]
    FunctionError: NotRequired[str]


class _Error(TypedDict):
    Code: NotRequired[str]
    Message: NotRequired[str]


class _CloudFormation(Protocol):
    def describe_stacks(self, *, StackName: str) -> _Stacks: ...  # noqa: N803  # AWS's names


class _Lambda(Protocol):
    def invoke(self, *, FunctionName: str, LogType: str, Payload: bytes) -> _Invoked: ...  # noqa: N803  # likewise


class _Sdk(Protocol):
    def client(self, service: str, *, region_name: str | None, config: Config) -> object: ...


def migrate(stage: str, say: Callable[[str], object]) -> int:
    """Have a deployed stage migrate its database, and show the end of the function's log.

    Credentials and region are the AWS SDK's to find: the environment, a profile, a sign-in.

    Args:
        stage: the stage's name.
        say: takes the lines of the log, and what came of it.

    Returns:
        0 if the function succeeded, else 1.

    Raises:
        DeployedStageError: the name is none of a stage's, AWS is not reached or refuses, or there is no such stage.
    """
    try:
        check_stage(stage)
    except StageNameError as error:
        raise DeployedStageError(stage, f"{error}; `nox -s migrate` alone is for the local one") from error
    with _aws_errors(stage):
        function = _provision_function(stage)
        say(f"invoking {function}; it goes on if this command is interrupted")
        client = cast("_Lambda", _client("lambda", _PROVISION_SECONDS, attempts=1))
        answer = client.invoke(
            FunctionName=function, LogType="Tail", Payload=json.dumps({"action": "migrate"}).encode()
        )
        payload = answer["Payload"].read().decode(errors="replace")  # it comes over the network only now
    return _show(answer, payload, say)


def _provision_function(stage: str) -> str:
    """Return the name of the function that migrates, from the outputs of the stage's stack."""
    name = stack_name(stage, "application")
    client = cast("_CloudFormation", _client("cloudformation", _ANSWER_SECONDS, attempts=2))
    try:
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if _code(error) != "ValidationError":
            raise
        raise DeployedStageError(
            stage, f"there is no stack {name} in that account and region: deploy it by `nox -s deploy -- {stage}`"
        ) from error
    for output in stack.get("Outputs", []):
        if output["OutputKey"] == PROVISION_FUNCTION_OUTPUT:
            return output["OutputValue"]
    raise DeployedStageError(
        stage,
        f"its stack {name} ({stack['StackStatus']}) has no output {PROVISION_FUNCTION_OUTPUT}:"
        f" deploy it again by `nox -s deploy -- {stage}`",
    )


def _client(service: str, seconds: int, *, attempts: int) -> object:
    """Return a client of the SDK whose every wait is bounded; signing in at an instance's metadata is so by itself."""
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        tcp_keepalive=True,  # a gateway on the way forgets a connection that says nothing for minutes
        proxies={} if _is_loopback(service) else None,  # None: what the environment says
    )
    # As for AWS's command line AWS_REGION goes first; the SDK itself knows AWS_DEFAULT_REGION and the profile only.
    region = os.environ.get("AWS_REGION") or None
    return cast("_Sdk", boto3).client(service, region_name=region, config=config)


def _is_loopback(service: str) -> bool:
    """Return whether the environment sends the SDK to a server on this machine."""
    url = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL", "")
    return urlsplit(url).hostname in _LOOPBACK


@contextmanager
def _aws_errors(stage: str) -> Generator[None]:
    """Say in a line what AWS, or the SDK, has against it."""
    try:
        yield
    except NoRegionError as error:
        raise DeployedStageError(stage, "no AWS region is chosen: set AWS_REGION, or one in your profile") from error
    except ProfileNotFound as error:
        raise DeployedStageError(stage, f"{error}: AWS_PROFILE names it") from error
    except (*_SIGN_IN_ERRORS, TokenRetrievalError) as error:
        raise DeployedStageError(stage, f"{_SIGN_IN}: {error}") from error
    except ClientError as error:
        raise DeployedStageError(stage, _refused(error)) from error
    except BotoCoreError as error:
        raise DeployedStageError(stage, f"AWS can't be reached: {error}") from error


_SIGN_IN = "sign in to AWS first (`aws sso login`, or AWS_PROFILE, or access keys in the environment)"


def _refused(error: ClientError) -> str:
    code, said = _code(error), _error(error).get("Message", "")
    if code in _SIGN_IN_CODES:
        return f"{_SIGN_IN}: AWS does not take the credentials ({code}: {said})"
    if code in _DENIED_CODES:
        return f"your role may not do it: it needs cloudformation:DescribeStacks and lambda:InvokeFunction ({said})"
    return f"AWS answered {code} to {error.operation_name}: {said}"


def _code(error: ClientError) -> str:
    return _error(error).get("Code", "")


def _error(error: ClientError) -> _Error:
    return cast("_Error", cast("dict[str, object]", error.response).get("Error", {}))


def _show(answer: _Invoked, said: str, say: Callable[[str], object]) -> int:
    for line in base64.b64decode(answer.get("LogResult", "")).decode(errors="replace").splitlines():
        say(line)
    if "FunctionError" not in answer:
        say(f"migrated: {said}")
        return 0
    say(f"error: the provision function failed ({answer['FunctionError']}): {_message(said)}")
    return 1


def _message(payload: str) -> str:
    try:
        return str(json.loads(payload)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return payload
