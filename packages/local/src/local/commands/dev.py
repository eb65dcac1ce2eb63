"""`nox -s dev`: the whole local stage, until something ends it."""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from functions.manifest import FUNCTIONS
from local.ending import Ending, watched
from local.engines import EngineName
from local.errors import LocalError
from local.gateway import Gateway
from local.gateway import serve as serve_gateway
from local.locks import Lock
from local.serving import principals, serve_functions
from local.stage import ENGINES, Stage, User

from .asking import Answered, healthy
from .logs import follow
from .screen import Screen
from .watching import Shown

if TYPE_CHECKING:
    from local.code import Failed, Reloaded

_HEALTHY_SECONDS = 60.0
"""How long /health may take to be healthy once the engines are up."""
_LOOK_SECONDS = 1.0
"""How often the engines are looked at."""


class SecondDevError(LocalError):
    """Another `dev` runs in this checkout."""

    def __init__(self, first: User | None) -> None:
        where = f", as process {first.pid}, at {first.about}" if first else ""
        super().__init__(f"`dev` runs in this checkout already{where}: use that one, or end it with `nox -s stop`")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; see `local.cli`.

    Attributes:
        once: whether to stop when /health is healthy.
        port: the API's port; None for the one that is kept.
        only: the functions whose log is shown; empty for all.
        engines: what to start.
    """

    once: bool
    port: int | None
    only: frozenset[str]
    engines: tuple[EngineName, ...]


def run(arguments: argparse.Namespace) -> int:
    """Run the stage; return 0 if it ended in order, and with `--once` only if it was healthy."""
    options = Options(
        once=arguments.once,
        port=arguments.port,
        only=frozenset(arguments.log),
        engines=tuple(name for name in ENGINES if name not in arguments.without),
    )
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


@contextmanager
def _only_one(folder: Path) -> Generator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = Lock(folder / "dev.lock")
    try:
        if not lock.take():
            others = [user for user in Stage(folder, user="dev").users() if user.name == "dev"]
            raise SecondDevError(others[0] if others else None)
        yield
    finally:
        lock.close()


async def _until_ended(folder: Path, options: Options, screen: Screen, ending: Ending) -> Answered | None:
    """Run the stage until it is ended; return what /health answered when it was up."""
    port = options.port or Stage(folder, user="dev").port("api")
    about = f"http://127.0.0.1:{port}"
    stage = Stage(folder, user="dev", about=about, engines=options.engines, watcher=Shown(screen))
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


async def _run(stage: Stage, port: int, options: Options, screen: Screen) -> Answered:
    """Run the stage until it is canceled, or with `--once` until it is healthy."""
    on_log = follow(screen.line, options.only)
    async with (
        _started(stage),
        serve_functions(
            FUNCTIONS,
            links=stage.links,
            credentials=principals(stage),
            folder=stage.directory / "code",
            on_log=on_log,
        ) as served,
        serve_gateway(Gateway(FUNCTIONS, served.runtime.invoke), port),
    ):
        whole = "opensearch" in options.engines and not stage.failures
        enough = frozenset({"healthy"} if whole else {"healthy", "degraded"})
        answered = await healthy(port, _HEALTHY_SECONDS, enough)
        if options.once:
            return answered
        await _in_thread(stage.start_late, stage.cancel)
        _show(stage, port, answered, screen)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_watch_engines(stage, options.engines, screen))
            tasks.create_task(served.reloader.run(lambda result: _show_reload(result, screen)))
    return answered


@asynccontextmanager
async def _started(stage: Stage) -> AsyncGenerator[None]:
    try:
        await _in_thread(stage.start, stage.cancel)
        yield
    finally:
        await asyncio.to_thread(stage.leave)


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


async def _watch_engines(stage: Stage, engines: tuple[EngineName, ...], screen: Screen) -> None:
    """Say it when an engine ends or is there again."""
    running: dict[EngineName, bool] = {name: True for name in engines if name not in stage.failures}
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for name, before in running.items():
            now = running[name] = stage.engine(name).is_running
            if before and not now:
                log = stage.directory / "logs" / f"{name}.log"
                screen.line(f"{name} has ended, and /health says so; its log is {log}")
            elif now and not before:
                screen.line(f"{name} runs again")


def _show(stage: Stage, port: int, answered: Answered, screen: Screen) -> None:
    api = f"http://127.0.0.1:{port}"
    routes = [(f"{f.name}: {route.method}", f"{api}{route.path}", "served") for f in FUNCTIONS for route in f.routes]
    state: dict[str, str] = dict.fromkeys(stage.failures, "not started")
    engines = [(line.what, line.url, state.get(line.engine, "running")) for line in stage.lines()]
    screen.table(
        "local stage",
        [
            ("API", api, answered.status),
            *routes,
            *engines,
            ("commands to reach them", str(stage.directory / "env"), ""),
            ("logs of the engines", str(stage.directory / "logs"), ""),
        ],
    )
    for error in stage.failures.values():
        screen.line(f"degraded: {error}")
    screen.line("ready; changed sources are reloaded, Ctrl-C stops everything")


def _show_reload(result: "Reloaded | Failed", screen: Screen) -> None:
    error = getattr(result, "error", None)
    screen.line("reloaded" if error is None else f"not reloaded, the last good code goes on: {error}")
