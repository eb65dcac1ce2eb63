"""What a function's environment says of itself: the names of its variables stand here and nowhere else.

Nothing is read at import. The links' variables are named by `core.links`.
"""

import os

STAGE = "STAGE"
"""The stage: `local`, `dev`, `staging`, `production` or a personal one."""
VERSION = "VERSION"
"""The version of the code that runs."""
FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME"
"""Set by Lambda (its documented reserved variables)."""


def stage() -> str:
    """Return the stage this process runs in; `local` where nothing says otherwise."""
    return os.environ.get(STAGE, "local")


def version() -> str:
    """Return the version of the code that runs; `unknown` where nothing says."""
    return os.environ.get(VERSION, "unknown")


def function_name() -> str | None:
    """Return the name of the Lambda function, or None outside of one."""
    return os.environ.get(FUNCTION_NAME)
