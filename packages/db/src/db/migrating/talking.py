"""Talking to the database besides revisions: each statement bounded, and its failure told to who migrates."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from core import ConnectionFailedError, Postgres, invocation
from core.connections import postgres
from core.connections.steps import run

from .errors import RefusedError

if TYPE_CHECKING:
    from core.connections.postgres import Connection

ANSWER_SECONDS: Final = 10.0
"""How long a statement that reads a row may take: less is for a server that has no time, more for none."""


@contextmanager
def opened(link: Postgres) -> "Generator[Connection]":
    """Open a connection for the block.

    Raises:
        ConnectionFailedError: there is none to be had in time.
    """
    connection = run(postgres.connect(link, invocation.until(postgres.CONNECT_SECONDS)))
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def answering() -> Generator[None]:
    """Bound each statement of the block, sent by the driver or by SQLAlchemy, and tell how one fails.

    Raises:
        ConnectionFailedError: the database does not answer, or has ended the connection.
        RefusedError: it answers with an error.
    """
    try:
        with invocation.bounded(ANSWER_SECONDS):
            yield
    except Exception as error:
        # SQLAlchemy, which a look at the head does not load, has the driver's error in its own.
        cause = getattr(error, "orig", error)
        if not isinstance(cause, psycopg.Error):
            raise
        raise _told(cause) from error


def _told(error: psycopg.Error) -> ConnectionFailedError | RefusedError:
    """Return what an error of the driver means for who migrates."""
    if isinstance(error, ConnectionFailedError):
        return ConnectionFailedError(error.failure, "migrating: PostgreSQL did not answer in time")
    if isinstance(error, psycopg.OperationalError) and not error.diag.message_primary:
        return ConnectionFailedError("closed", f"migrating: the connection to PostgreSQL ended: {error}")
    return RefusedError(f"PostgreSQL: {error.diag.message_primary or error}")
