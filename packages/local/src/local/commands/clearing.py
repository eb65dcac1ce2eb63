"""`nox -s reset` and `nox -s stop`: start over, and end what runs."""

import argparse
import os
import signal
import time
from contextlib import suppress

from local.stage import Stage, StageInUseError

from .screen import Screen

_SECONDS = 60.0
"""How long a program may take to end in order."""
_PAUSE = 0.05


def reset(arguments: argparse.Namespace) -> int:
    """Throw the data of the engines away, make the schema anew and fill it with sample data; return 0."""
    from . import seed  # noqa: PLC0415  # `stop` needs no database

    Stage(arguments.stage_folder, user="reset").reset()
    Screen().line("the data of the local stage is gone")
    return seed.run(arguments)


def stop(arguments: argparse.Namespace) -> int:
    """End the programs that use the stage, in order, and what a killed one left; return 0 if nothing runs."""
    screen = Screen()
    stage = Stage(arguments.stage_folder, user="stop")
    users = stage.users()
    for user in users:
        screen.line(f"ending {user.name} (process {user.pid})")
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(user.pid, signal.SIGTERM)
            os.kill(user.pid, signal.SIGCONT)  # one that Ctrl-Z has suspended would not hear of it
    until = time.monotonic() + _SECONDS
    while (left := stage.users()) and time.monotonic() < until:
        time.sleep(_PAUSE)
    if left:
        raise StageInUseError(stage.directory, left)
    cleared = stage.clear()
    if cleared:
        screen.line(f"ended what a killed program had left running: {', '.join(cleared)}")
    if not users and not cleared:
        screen.line("nothing runs")
    return 0
