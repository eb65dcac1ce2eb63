"""Giving Lambda the bundles that it does not run yet.

It goes past CloudFormation, which keeps thinking of the code of the last deployment: what else a function has, such
as its links or its memory, changes by a deployment alone.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.bundle import Bundle
from infra.deployed import NotDeployedError
from infra.stage import StageConfig

CODE_ACTIONS: Final = ("lambda:GetFunctionConfiguration", "lambda:UpdateFunctionCode")
"""What it takes."""
_TRIES = 120
"""How often Lambda is asked, a second apart, whether it has taken new code; it takes seconds."""


def swap(config: StageConfig, bundles: Mapping[str, Bundle], clients: Clients, say: Callable[[str], object]) -> None:
    """Update each function whose code is another than its bundle, and wait until it is that.

    Args:
        config: the stage.
        bundles: the bundle of each function, by its name.
        clients: AWS, in the stage's region.
        say: takes a line for each function that is updated.

    Raises:
        NotDeployedError: the stage has no such function yet.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for name, bundle in bundles.items():
        function, content = config.named(name), bundle.path.read_bytes()
        if _runs(config, function, clients) == base64.b64encode(hashlib.sha256(content).digest()).decode():
            continue
        began = monotonic()
        clients.lambda_.update_function_code(FunctionName=function, ZipFile=content)
        clients.lambda_.get_waiter("function_updated_v2").wait(
            FunctionName=function, WaiterConfig={"Delay": 1, "MaxAttempts": _TRIES}
        )
        say(f"{name} updated in {monotonic() - began:.1f} s")


def _runs(config: StageConfig, function: str, clients: Clients) -> str:
    """Return the digest of a function's code, as Lambda gives it."""
    try:
        return clients.lambda_.get_function_configuration(FunctionName=function)["CodeSha256"]
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        raise NotDeployedError(config.name, f"there is no function {function}") from error
