"""The name of a function. No other stage has it."""

from typing import Final

from infra.stage import StageConfig

from .errors import UndeployableFunctionError

_MOST: Final = 64
"""Characters of a function's name (Lambda, CreateFunction)."""


def function_name(config: StageConfig, function: str) -> str:
    """Return the name in Lambda of a function of the manifest.

    Raises:
        UndeployableFunctionError: it is longer than Lambda takes.
    """
    name = config.named(function)
    if len(name) > _MOST:
        raise UndeployableFunctionError(function, f"its name {name!r} has {len(name)} characters, of {_MOST} at most")
    return name
