"""The half of `dev` that is loaded while the engines start: the functions, their API, and what is shown of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from functions.manifest import FUNCTIONS, HEALTH
from local.engines import EngineName
from local.errors import LocalError
from local.gateway import Gateway, serve
from local.serving import principals, serve_functions
from local.stage import Stage
from local.stage.folder import folder_errors
from local.studio import StudioServedError, serve_studio

from .asking import Answered, healthy
from .loaded import Loaded
from .logs import follow
from .options import Options
from .screen import Screen, health_line
from .showing import show_reload, show_stage

_HEALTHY_SECONDS = 60.0
"""How long /health may take to be healthy once the engines are up."""
_LOOK_SECONDS = 1.0
"""How often the engines are looked at."""


async def serve_until_canceled(  # noqa: PLR0913  # what is served, and what it waits for
    stage: Stage,
    port: int,
    options: Options,
    screen: Screen,
    *,
    engines: Awaitable[None],
    start_late: Callable[[], Awaitable[None]],
) -> Answered:
    """Serve the functions and the API; return with `--once` when /health has answered, else only by cancellation.

    Args:
        stage: the stage, its ports known.
        port: the API's port.
        options: what was asked for.
        screen: where everything is shown.
        engines: ends when the engines are ready.
        start_late: starts what may come after the first answer; its result ends when that is ready.
    """
    functions = serve_functions(
        FUNCTIONS,
        links=stage.links,
        credentials=principals(stage),
        folder=stage.directory / "code",
        on_log=follow(screen.line, options.only),
    )
    manifest, models = Loaded.manifest(), Loaded.models()
    async with functions as served, serve(Gateway(FUNCTIONS, served.runtime.invoke), port):
        # Its init has no need of engines: it is over by the time that they are ready.
        await asyncio.gather(engines, served.runtime.warm(HEALTH.name))
        whole = "opensearch" in options.engines and not stage.failures
        enough = frozenset({"healthy"} if whole else {"healthy", "degraded"})
        answered = await healthy(port, _HEALTHY_SECONDS, enough)
        screen.quiet()
        screen.line(health_line(answered.status))
        if options.once:
            return answered
        async with AsyncExitStack() as late:
            studio, _ = await asyncio.gather(_open_studio(stage, late, screen), start_late())
            show_stage(stage, port, answered, options, screen, studio=studio)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(_watch_engines(stage, options.engines, screen))
                    tasks.create_task(served.reloader.run(lambda result: show_reload(result, manifest, models, screen)))
            except BaseExceptionGroup as group:  # who runs `dev` wants the error, not the group that it came in
                raise group.exceptions[0] from group
    return answered


async def _open_studio(stage: Stage, late: AsyncExitStack, screen: Screen) -> str:
    """Serve the studio until `late` is closed, unless another program does; return where, empty if nowhere."""
    try:
        return await late.enter_async_context(serve_studio(stage))
    except StudioServedError as error:
        return error.url
    except LocalError as error:  # all else goes on without it
        screen.line(f"without the studio: {error}")
        return ""


async def _watch_engines(stage: Stage, engines: tuple[EngineName, ...], screen: Screen) -> None:
    """Say it when an engine ends or is there again."""
    running: dict[EngineName, bool] = {name: True for name in engines if name not in stage.failures}
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for name, before in running.items():
            with folder_errors(stage.directory):
                now = running[name] = stage.engine(name).is_running
            if before and not now:
                log = stage.directory / "logs" / f"{name}.log"
                screen.line(f"{name} has ended, and /health says so; its log is {log}")
            elif now and not before:
                screen.line(f"{name} runs again")
