"""The schema, brought to head; a database that is ahead of this code stays where it is."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

from core import Postgres
from db.migrating import Stop, UnknownRevisionError, upgrade
from db.migrating.scripts import read_scripts, settings

from .errors import OtherBranchError
from .lineage import note_lineage, read_lineage
from .steps import Say

STOPPING_SECONDS: Final = 15.0
"""What is left of the time when a revision that is under way is stopped: to undo it and to say so."""


def bring_to_head(link: Postgres, until: float, *, folder: Path, say: Say) -> str:
    """Bring a database to the newest revision, and return in words what that took.

    A database that is ahead, as after a rollback of the code, is left alone, and that is said.

    Args:
        link: the database, as the role that owns the schema.
        until: when that must be done (`time.monotonic`).
        folder: the migrations.
        say: takes a line for each revision, and for what is waited for.

    Raises:
        MigrationError: it can't be brought there; `StoppedError` if the time was up.
        OtherBranchError: it is at a revision of another branch.
        ConnectionFailedError: it does not answer in time.
    """
    try:
        with _stopping_at(until - STOPPING_SECONDS) as stop:
            done = upgrade(link, folder=folder, say=say, patience=_left(until - STOPPING_SECONDS), stop=stop)
    except UnknownRevisionError as error:
        return _accepted(link, error, folder)
    revisions = _revisions(folder)
    if revisions:
        note_lineage(link, revisions)
    applied = f"applied {', '.join(done.applied)}" if done.applied else "nothing to apply"
    return f"the database is at {done.after or 'base'}: {applied}"


def _accepted(link: Postgres, error: UnknownRevisionError, folder: Path) -> str:
    """Accept a database that is ahead.

    Where nothing is noted it is taken to be: to refuse it would make the rollback of a deployment fail, and leave the
    stage where only a person gets it out.
    """
    head, lineage = (*_revisions(folder), "base")[0], read_lineage(link)
    if lineage.revisions and head not in lineage:
        raise OtherBranchError(error.revision, head) from error
    known = f"which comes after {head}" if lineage.revisions else f"of which nothing is noted; this code's is {head}"
    return f"the database is ahead of this code, at {error.revision}, {known}: it is left as it is"


def _revisions(folder: Path) -> tuple[str, ...]:
    """Return the revisions of a folder, the newest first."""
    return tuple(script.revision for script in read_scripts(settings(folder)).walk_revisions())


@contextmanager
def _stopping_at(until: float) -> Generator[Stop]:
    """Give what stops a run of migrations when its time is up."""
    stop = Stop()
    timer = threading.Timer(_left(until), stop.set)
    timer.daemon = True
    timer.start()
    try:
        yield stop
    finally:
        timer.cancel()
        timer.join()


def _left(until: float) -> float:
    return max(0.0, until - monotonic())
