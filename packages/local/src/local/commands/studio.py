"""`nox -s studio`: the local database in a browser, without the rest of the stage."""

import argparse
import asyncio
import sys

from local.ending import Ending, watched
from local.schema import schema_at_head
from local.stage import Stage
from local.studio import StudioServedError, serve_studio, served_at

from .screen import Screen
from .watching import Shown


def run(arguments: argparse.Namespace) -> int:
    """Serve the studio until something ends it, or say where it is served already; return 0."""
    screen = Screen()
    try:
        _serve_alone(arguments, screen)
    except StudioServedError as error:  # by `dev`, as a rule: it is what was asked for
        screen.line(str(error))
    return 0


def _serve_alone(arguments: argparse.Namespace, screen: Screen) -> None:
    served = served_at(arguments.stage_folder)
    if served is not None:
        raise StudioServedError(served)
    port: int = arguments.port or Stage(arguments.stage_folder, user="studio").port("studio")
    stage = Stage(
        arguments.stage_folder,
        user="studio",
        about=f"http://127.0.0.1:{port}",
        engines=("postgres",),
        watcher=Shown(Screen(sys.stderr)),
        prepare=schema_at_head(screen.line),
    )
    with watched() as ending:
        ending.on_end(stage.cancel)
        with stage:
            asyncio.run(_serve(stage, port, ending, screen))


async def _serve(stage: Stage, port: int, ending: Ending, screen: Screen) -> None:
    async with serve_studio(stage, port) as url:
        screen.line(f"{'studio':<10} {url}")
        screen.line("ready; Ctrl-C stops it")
        await asyncio.to_thread(ending.event.wait)
        screen.line(f"stopping: {ending.reason}")
