"""The database of a deployed stage, which no laptop reaches: its provision function migrates it, and shows its log."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from core.errors import StageNameError
from core.names import PROVISION_FUNCTION_OUTPUT, check_stage, stack_name
from core.sdk import AwsError, Clients, aws_errors, error_code
from core.settings import env_file_of, region_of

from .errors import LocalError

if TYPE_CHECKING:
    from types_boto3_lambda.type_defs import InvocationResponseTypeDef

_PROVISION_SECONDS = 930
"""How long the function may take: the longest that Lambda runs one (its documented quota), and some to answer."""
_ACTIONS = ("cloudformation:DescribeStacks", "lambda:InvokeFunction")


class DeployedStageError(LocalError):
    """The database of a deployed stage can't be migrated from here.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"stage {stage!r} can't be migrated: {reason}")
        self.stage = stage


def migrate(stage: str, say: Callable[[str], object], *, root: Path | None = None) -> int:
    """Have a deployed stage migrate its database, and show the end of the function's log.

    The region is the one that the stage's settings name, if they do. Credentials, and another region, are the AWS
    SDK's to find: the environment, a profile, a sign-in.

    Args:
        stage: the stage's name.
        say: takes the lines of the log, and what came of it.
        root: the checkout, whose env file of the stage is read.

    Returns:
        0 if the function succeeded, else 1.

    Raises:
        DeployedStageError: the name is none of a stage's, AWS is not reached or refuses, or there is no such stage.
    """
    try:
        check_stage(stage)
    except StageNameError as error:
        raise DeployedStageError(stage, f"{error}; `nox -s migrate` alone is for the local one") from error
    clients = Clients(region_of(env_file=env_file_of(root, stage) if root else None))
    try:
        with aws_errors(f"migrate of {stage}", needs=_ACTIONS):
            return _migrate(stage, clients, say)
    except AwsError as error:
        raise DeployedStageError(stage, error.reason) from error


def _migrate(stage: str, clients: Clients, say: Callable[[str], object]) -> int:
    function = _provision_function(stage, clients)
    say(f"invoking {function}; it goes on if this command is interrupted")
    answer = clients.patient(_PROVISION_SECONDS).lambda_.invoke(
        FunctionName=function, LogType="Tail", Payload=json.dumps({"action": "migrate"}).encode()
    )
    payload = answer["Payload"].read().decode(errors="replace")  # it comes over the network only now
    return _show(answer, payload, say)


def _provision_function(stage: str, clients: Clients) -> str:
    """Return the name of the function that migrates, from the outputs of the stage's stack."""
    name = stack_name(stage, "application")
    try:
        stack = clients.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error_code(error) != "ValidationError":
            raise
        raise DeployedStageError(
            stage, f"there is no stack {name} in that account and region: deploy it by `nox -s deploy -- {stage}`"
        ) from error
    for output in stack.get("Outputs", []):
        if output.get("OutputKey") == PROVISION_FUNCTION_OUTPUT:
            return output.get("OutputValue", "")
    raise DeployedStageError(
        stage,
        f"its stack {name} ({stack['StackStatus']}) has no output {PROVISION_FUNCTION_OUTPUT}:"
        f" deploy it again by `nox -s deploy -- {stage}`",
    )


def _show(answer: "InvocationResponseTypeDef", said: str, say: Callable[[str], object]) -> int:
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
