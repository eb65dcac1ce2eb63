"""Which modules a function has loaded once it has answered for the first time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from local.runtime.layout import Code, inspect

from .sandbox import Contender, Sandbox

FORBIDDEN = ("boto3", "botocore", "opensearchpy", "pydantic", "redis", "requests", "sqlalchemy")
"""What `GET /health` may not load. asyncio is loaded by psycopg itself."""

BUDGET = 40
"""Modules that `GET /health` may load beyond those of psycopg and the runtime client."""

_HANDLERS = Path(__file__).parent / "handlers"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a function has loaded.

    Attributes:
        modules: every module.
        beyond: those that psycopg and the runtime client do not load by themselves.
    """

    modules: frozenset[str]
    beyond: frozenset[str]

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The packages among them that `GET /health` may not load."""
        return tuple(name for name in FORBIDDEN if name in self.modules)


def count(code: Code, handler: str, given: Mapping[str, str]) -> Loaded:
    """Start a fresh process of a function, let it answer once, and return what it has loaded then.

    Args:
        code: where the function lies and what runs it.
        handler: the dotted path of its handler.
        given: the environment that it is given: its links and its stage.

    Raises:
        NotMeasurableError: it failed.
    """
    everything = _loaded(code, handler, given)
    return Loaded(everything, everything - _loaded(code, "driver.handler", given))


def _loaded(code: Code, handler: str, given: Mapping[str, str]) -> frozenset[str]:
    interpreter = asyncio.run(inspect(code))
    counting = replace(interpreter, path=(*interpreter.path, _HANDLERS))
    contender = Contender(handler, code, counting, "counted.handler", answers_health=False)
    with Sandbox(contender, {**given, "COUNTED_HANDLER": handler}) as sandbox:
        sandbox.start()
        return frozenset(cast("list[str]", sandbox.exchange()[1]))
