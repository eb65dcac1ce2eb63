"""How a revision failed, for its reader: which statement, and what PostgreSQL said of it, without values of rows."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError

from core import DeadlineExceededError

from .errors import RevisionFailedError
from .move import Move
from .scripts import place
from .watch import Watch

_LOCKED_OUT: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_NOTES: Final[tuple[tuple[type[psycopg.Error], str], ...]] = (
    (
        psycopg.errors.ActiveSqlTransaction,
        "; a concurrent index is a revision of its own, marked `concurrent = True`: see db.migrating.concurrently",
    ),
    (psycopg.errors.LockNotAvailable, "; other work holds what it needs: run it again when that is done"),
    (
        psycopg.errors.QueryCanceled,
        "; a revision whose statements take longer has `statement_seconds = ...` at its top",
    ),
)
"""What to do about some errors."""


def failed(move: Move, watch: Watch, error: Exception, held: str = "") -> RevisionFailedError:
    """Return the error of a revision that failed; `held` is who held what it needs."""
    cause = _cause(error)
    note = next((note for kind, note in _NOTES if isinstance(cause, kind)), "")
    statement = watch.statement if isinstance(error, DBAPIError) else None
    said = _said(cause) if statement else f"{place(error)}{_said(cause)}"
    return RevisionFailedError(move.revision, move.file, statement, said, note, held)


def is_locked_out(error: BaseException | None) -> bool:
    """Return whether what ended a revision is that other work holds what it needs."""
    return error is not None and isinstance(_cause(error), _LOCKED_OUT)


def _cause(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _said(cause: BaseException) -> str:
    if isinstance(cause, DeadlineExceededError):
        return "PostgreSQL did not answer in time: it is frozen, or the way to it is closed"
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        # Not its detail, which repeats values of the row.
        return f"PostgreSQL: {cause.diag.message_primary} ({cause.sqlstate})"
    return f"{type(cause).__name__}: {cause}"
