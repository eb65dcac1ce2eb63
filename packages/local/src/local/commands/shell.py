"""`nox -s shell`: a command with the links of a stage in its environment."""

import argparse
import os
import sys
from pathlib import Path

from core import environment
from local.ending import watched
from local.errors import LocalError
from local.schema import SchemaError, bring_to_head
from local.stage import REGION, Stage

from .child import run_child
from .screen import Screen
from .watching import Shown


class UnknownStageError(LocalError):
    """The links of that stage can't be had."""

    def __init__(self, stage: str) -> None:
        super().__init__(f"there is no stage {stage!r} to take links from: `local` is the one on this machine")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if arguments.stage != "local":
        raise UnknownStageError(arguments.stage)
    command: list[str] = arguments.command or [os.environ.get("SHELL", "/bin/sh")]
    screen = Screen(sys.stderr)
    stage = Stage(
        arguments.stage_folder,
        user="shell",
        about=" ".join(command),
        watcher=Shown(screen),
        prepare={"postgres": lambda stage: _at_head_if_it_can(stage, screen)},
    )
    with watched() as ending:
        ending.on_end(stage.cancel)
        with stage:
            for error in stage.failures.values():
                screen.line(f"degraded: {error}")
            return run_child(command, {**os.environ, **_variables(stage)}, ending, screen)


def _at_head_if_it_can(stage: Stage, screen: Screen) -> None:
    """Bring the schema to head. Where that fails the command may be what mends it, and runs."""
    try:
        bring_to_head(stage, screen.line)
    except SchemaError as error:
        screen.line(f"degraded: {error}")


def _variables(stage: Stage) -> dict[str, str]:
    """Return every link as the application, a principal to sign with, and where our own programs are."""
    own = stage.principal("shell")
    programs = Path(sys.executable).parent  # so that `python` is the one that has core
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        **stage.all_links(),
        environment.STAGE: "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": own.access_key_id,
        "AWS_SECRET_ACCESS_KEY": own.secret_access_key,
        "AWS_SESSION_TOKEN": own.session_token,
    }
