"""What `dev` shows: one table once everything is up, and a line for each reload."""

from functions.manifest import FUNCTIONS
from local.code import Failed, Polling, Reloaded
from local.engines import EngineName
from local.stage import Stage

from .asking import Answered
from .loaded import Loaded
from .options import Options
from .screen import Screen


def show_stage(  # noqa: PLR0913  # what there is to show
    stage: Stage, port: int, answered: Answered, options: Options, screen: Screen, *, studio: str
) -> None:
    """Show the API, its routes, the studio and the engines, in this order, and then that `dev` is ready.

    Args:
        stage: the stage, started.
        port: the API's port.
        answered: what /health has answered.
        options: what was asked for.
        screen: where it is shown.
        studio: the studio's URL; empty if there is none.
    """
    api = f"http://127.0.0.1:{port}"
    routes = [(f"{f.name}: {route.method}", f"{api}{route.path}", "served") for f in FUNCTIONS for route in f.routes]
    engines = [(line.what, line.url, _state(stage, line.engine, options)) for line in stage.lines()]
    screen.table(
        "local stage",
        [
            ("API", api, answered.status),
            *routes,
            *([("studio of the database", studio, "served")] if studio else []),
            *engines,
            ("commands to reach them", str(stage.directory / "env"), ""),
            ("logs of the engines", str(stage.directory / "logs"), ""),
        ],
    )
    for error in stage.failures.values():
        screen.line(f"degraded: {error}")
    screen.line("ready; changed sources are reloaded, Ctrl-C stops everything")


def _state(stage: Stage, name: EngineName, options: Options) -> str:
    if stage.engine(name).is_running:  # be it for another program that uses the stage
        return "running"
    return "ended" if name in options.engines and name not in stage.failures else "not started"


def show_reload(result: Reloaded | Failed | Polling, manifest: Loaded, models: Loaded, screen: Screen) -> None:
    """Show how a reload went, and what it left out of a change of the manifest or the models."""
    match result:
        case Failed(error):
            screen.line(f"not reloaded, the last good code goes on: {error}")
        case Polling(error):
            screen.line(f"the system does not tell of changes, they are looked for every 2 s instead: {error}")
        case Reloaded():
            screen.line("reloaded")
            if manifest.has_changed():
                screen.line("the manifest has changed: restart dev to serve it")
            if models.has_changed():
                screen.line(
                    "the models have changed: `nox -s push` brings the local database to them, `nox -s generate` writes"
                    " the revision; the studio shows them once dev is restarted"
                )
