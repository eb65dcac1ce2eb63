"""`nox -s dev`: the whole local stage, until something ends it.

The engines are started before anything else is loaded: what serves the functions is, while they come up.
"""

import argparse
import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from functions.manifest import FUNCTIONS
from local.ending import Ending, watched
from local.errors import LocalError
from local.locks import Lock
from local.schema import schema_at_head
from local.stage import ENGINES, Stage, User
from local.stage.folder import folder_errors, make_folder

from .options import Options
from .screen import Screen
from .watching import Shown

if TYPE_CHECKING:
    from .asking import Answered


class SecondDevError(LocalError):
    """Another `dev` runs in this checkout."""

    def __init__(self, first: User | None) -> None:
        where = f", as process {first.pid}, at {first.about}" if first else ""
        super().__init__(f"`dev` runs in this checkout already{where}: use that one, or end it with `nox -s stop`")


def run(arguments: argparse.Namespace) -> int:
    """Run the stage; return 0 if it ended in order, and with `--once` only if it was healthy."""
    options = Options(
        once=arguments.once,
        port=arguments.port,
        only=frozenset(arguments.log),
        engines=tuple(name for name in ENGINES if name not in arguments.without),
    )
    _check_names(options.only)
    folder: Path = arguments.stage_folder
    screen = Screen()
    with watched() as ending, _only_one(folder):
        answered = asyncio.run(_until_ended(folder, options, screen, ending))
    if not options.once:
        return 0
    if answered is None:
        return 1
    screen.line(answered.body)
    return 0 if answered.status == "healthy" else 1


def _check_names(names: frozenset[str]) -> None:
    known = tuple(function.name for function in FUNCTIONS)
    for name in sorted(names.difference(known)):
        from local.runtime import UnknownFunctionError  # noqa: PLC0415  # 0.2 s: only where it is needed

        raise UnknownFunctionError(name, known)


@contextmanager
def _only_one(folder: Path) -> Generator[None]:
    make_folder(folder)
    with folder_errors(folder):
        lock = Lock(folder / "dev.lock")
    try:
        if not lock.take():
            others = [user for user in Stage(folder, user="dev").users() if user.name == "dev"]
            raise SecondDevError(others[0] if others else None)
        yield
    finally:
        lock.close()


async def _until_ended(folder: Path, options: Options, screen: Screen, ending: Ending) -> "Answered | None":
    """Run the stage until it is ended; return what /health answered when it was up."""
    port = options.port or Stage(folder, user="dev").port("api")
    about = f"http://127.0.0.1:{port}"
    stage = Stage(
        folder,
        user="dev",
        about=about,
        engines=options.engines,
        watcher=Shown(screen),
        prepare=schema_at_head(screen.line),
    )
    ended = asyncio.create_task(asyncio.to_thread(ending.event.wait))
    running = asyncio.create_task(_run(stage, port, options, screen))
    await asyncio.wait({ended, running}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        screen.quiet()
        screen.line(f"stopping: {ending.reason}")
        running.cancel()
    ending.end("done")
    await ended
    with suppress(asyncio.CancelledError):
        return await running
    return None


async def _run(stage: Stage, port: int, options: Options, screen: Screen) -> "Answered":
    """Run the stage until it is canceled, or with `--once` until /health has answered."""
    planned = asyncio.Event()
    loop = asyncio.get_running_loop()
    engines = asyncio.create_task(
        _in_thread(lambda: stage.start(lambda: loop.call_soon_threadsafe(planned.set)), stage.cancel)
    )
    try:
        await _either(planned, engines)
        from .dev_serving import serve_until_canceled  # noqa: PLC0415  # see the module's docstring

        def start_late() -> "asyncio.Future[None]":
            return asyncio.ensure_future(_in_thread(stage.start_late, stage.cancel))

        return await serve_until_canceled(stage, port, options, screen, engines=engines, start_late=start_late)
    finally:
        engines.cancel()
        await asyncio.wait({engines})
        await asyncio.to_thread(stage.leave)


async def _either(planned: asyncio.Event, engines: "asyncio.Task[None]") -> None:
    """Wait until the ports are known, or the start of the engines has ended: in an error, if so."""
    waiting = asyncio.create_task(planned.wait())
    await asyncio.wait({waiting, engines}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if engines.done():
        await engines


async def _in_thread(work: Callable[[], None], cancel: Callable[[], None]) -> None:
    """Run blocking work; when canceled, make it give up and wait until it has."""
    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        cancel()
        await asyncio.wait({working})
        working.exception()  # that it was canceled is no news
        raise
