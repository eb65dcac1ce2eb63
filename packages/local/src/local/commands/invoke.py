"""`nox -s invoke`: one invocation of a function, with its log."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TextIO

from core.manifest import Access, BucketAccess, Function, OpenSearchAccess, PostgresAccess, RedisAccess
from functions.manifest import FUNCTIONS
from local.ending import Ending, watched
from local.engines import EngineName
from local.errors import LocalError
from local.locks import CancelledError
from local.runtime import Outcome, Succeeded, UnknownFunctionError
from local.schema import schema_at_head
from local.serving import principals, serve_functions
from local.stage import Stage

from .logs import follow
from .screen import Screen
from .watching import Shown

_ENGINES: dict[type[Access], EngineName] = {
    PostgresAccess: "postgres",
    RedisAccess: "redis",
    OpenSearchAccess: "opensearch",
    BucketAccess: "s3",
}


class EventError(LocalError):
    """The event can't be used."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"the event in {source} can't be used: {reason}")


def run(arguments: argparse.Namespace) -> int:
    """Invoke the function; return 0 if its handler returned."""
    function = _function(arguments.function)
    event = _read(arguments.event)
    screen = Screen(sys.stderr)
    stage = Stage(
        arguments.stage_folder,
        user="invoke",
        engines=tuple({_ENGINES[type(access)] for access in function.links}),
        watcher=Shown(screen),
        prepare=schema_at_head(screen.line),
    )
    with watched() as ending:
        ending.on_end(stage.cancel)
        with stage:
            if ending.event.is_set():
                raise CancelledError
            outcome = asyncio.run(_invoke(stage, function, event, screen, ending, debug=arguments.debug))
    if outcome is None:
        return 1
    _write(outcome, sys.stdout)
    return 0 if isinstance(outcome, Succeeded) else 1


def _function(name: str) -> Function:
    for function in FUNCTIONS:
        if function.name == name:
            return function
    raise UnknownFunctionError(name, tuple(function.name for function in FUNCTIONS))


def _read(source: Path | None) -> object:
    if source is None:
        return {}
    named = "standard input" if str(source) == "-" else str(source)
    try:
        text = sys.stdin.read() if str(source) == "-" else source.read_text()
        return json.loads(text)
    except OSError as error:
        raise EventError(named, error.strerror or str(error)) from error
    except ValueError as error:
        raise EventError(named, f"it is not JSON: {error}") from error


async def _invoke(  # noqa: PLR0913  # one invocation
    stage: Stage, function: Function, event: object, screen: Screen, ending: Ending, *, debug: bool
) -> Outcome | None:
    """Invoke the function, unless something ends the program first."""
    folder = stage.directory / f"code-of-invoke-{os.getpid()}"
    serving = serve_functions(
        [function], links=stage.links, credentials=principals(stage), folder=folder, on_log=follow(screen.line)
    )
    async with serving as served:
        ended = asyncio.create_task(asyncio.to_thread(ending.event.wait))
        invoking = asyncio.create_task(served.runtime.invoke(function.name, event, debug=debug))
        await asyncio.wait({ended, invoking}, return_when=asyncio.FIRST_COMPLETED)
        if not invoking.done():
            screen.line(f"ended before the function answered: {ending.reason}")
            invoking.cancel()
            return None
        ending.end("done")
        return invoking.result()


def _write(outcome: Outcome, stream: TextIO) -> None:
    try:
        text = json.dumps(outcome.document(), indent=2, ensure_ascii=False)
    except ValueError:
        text = outcome.payload.decode(errors="replace")
    print(text, file=stream)
