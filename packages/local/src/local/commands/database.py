"""The local database for a command: PostgreSQL and no other engine, and an end by Ctrl-C that leaves it whole."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from core import Postgres
from db.migrating import Stop, StoppedError
from local.ending import watched
from local.locks import CancelledError
from local.schema import local_errors, owned
from local.stage import Stage

from .screen import Screen
from .watching import Shown

_INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended."""


@dataclass(frozen=True, slots=True)
class LocalDatabase:
    """The local database, running.

    Attributes:
        link: the database, as the role that owns the schema.
        stage: what it runs on.
        screen: where the command writes.
        stop: is set when the command is to end.
    """

    link: Postgres
    stage: Stage
    screen: Screen
    stop: Stop


def with_database(arguments: argparse.Namespace, user: str, work: Callable[[LocalDatabase], int]) -> int:
    """Start PostgreSQL if it does not run, do some work on its database, and return the exit code.

    Args:
        arguments: the command's; `stage_folder` is used.
        user: the command's name, shown to other users of the stage.
        work: does it and returns the exit code; an error of db is one of the local stage here.
    """
    screen = Screen()
    stage = Stage(arguments.stage_folder, user=user, engines=("postgres",), watcher=Shown(Screen(sys.stderr)))
    stop = Stop()
    with watched() as ending:
        ending.on_end(stage.cancel)
        ending.on_end(stop.set)
        with stage:
            if ending.event.is_set():
                raise CancelledError
            try:
                with local_errors():
                    return work(LocalDatabase(owned(stage), stage, screen, stop))
            except StoppedError as error:
                Screen(sys.stderr).line(f"{ending.reason}: {error}")
                return _INTERRUPTED
