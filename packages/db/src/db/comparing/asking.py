"""Asking a database about its schema by SQLAlchemy: each statement bounded, each error one for its reader."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core import ConnectionFailedError, Postgres, invocation
from db.errors import DbError
from db.programs import program_engine

from .errors import UnreadableError

_ANSWER_SECONDS: Final = 10.0
"""How long a statement may take that reads a catalog, or makes something empty."""


@contextmanager
def looking_at(link: Postgres) -> Generator[Connection]:
    """Open a transaction on a database for the block, committed at its end.

    Raises:
        ConnectionFailedError: the database does not answer in time.
        UnreadableError: it answers with an error.
    """
    engine = program_engine(link)
    try:
        with asking(UnreadableError), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def asking(refused: Callable[[str], DbError]) -> Generator[None]:
    """Bound each statement of the block, and tell how one fails.

    Args:
        refused: makes the error of what was said to it.

    Raises:
        ConnectionFailedError: the database does not answer, or has ended the connection.
    """
    try:
        with invocation.bounded(_ANSWER_SECONDS):
            yield
    except (SQLAlchemyError, psycopg.Error) as error:
        raise failure(error, refused) from error


def failure(
    error: SQLAlchemyError | psycopg.Error, refused: Callable[[str], DbError]
) -> ConnectionFailedError | DbError:
    """Return what an error of SQLAlchemy or of the driver means, in one line, without values of rows."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, ConnectionFailedError):
        return ConnectionFailedError(cause.failure, "PostgreSQL did not answer in time")
    if not isinstance(cause, psycopg.Error):
        return refused(f"{type(cause).__name__}: {_first_line(cause)}")
    if cause.diag.message_primary:
        # Not its detail, which repeats values of the row.
        return refused(f"PostgreSQL: {cause.diag.message_primary}{_at(error)}")
    return ConnectionFailedError("closed", f"the connection to PostgreSQL ended: {_first_line(cause)}")


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _at(error: SQLAlchemyError | psycopg.Error) -> str:
    statement = error.statement if isinstance(error, DBAPIError) else None
    return f", at `{' '.join(statement.split())}`" if statement else ""
