"""Of the variables in a function's environment: which are Lambda's own, and what their values stand for.

The names, and which of them a function may not set, are those of the Lambda developer guide, "Defined runtime
environment variables".
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from core.manifest import Function
from local.aws import ACCOUNT, REGION

from .errors import ReservedVariableError

RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""What a function may not set: a deployment that tries is refused."""

VERSION = "$LATEST"
"""The version of a function that was not published."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a function's own principal: what its role is on AWS."""

    access_key_id: str
    secret_access_key: str
    session_token: str


def local_principal(function: Function) -> Credentials:
    """Return credentials that only stand for the function: nothing on a laptop grants them anything on AWS."""
    digest = hashlib.sha256(function.name.encode()).hexdigest()
    return Credentials(
        f"ASIA{digest[:16].upper()}", f"local-secret-of-{function.name}", f"local-token-of-{function.name}"
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Where the functions seem to run."""

    region: str = REGION
    account_id: str = ACCOUNT

    def function_arn(self, function: Function) -> str:
        """Return the ARN under which the function is invoked."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{function.name}"


def own_variables(function: Function, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the function was given: its manifest entry's variables, then those of the stage.

    Raises:
        ReservedVariableError: Lambda would refuse them.
    """
    own = {**(function.environment or {}), **environ}
    reserved = tuple(sorted(RESERVED & own.keys()))
    if reserved:
        raise ReservedVariableError(function.name, reserved)
    return own
