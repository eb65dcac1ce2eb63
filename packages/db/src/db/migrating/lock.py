"""One migrator at a time, by a lock in the database that ends with the connection that holds it.

A second connection holds `pg_try_advisory_xact_lock` in an open transaction for the whole run: a lock of the session
would pin a proxy's connection. Those who wait ask again and again, each time in a transaction of its own; one that
blocked in the statement would hold a snapshot, and a concurrent index waits for every older snapshot: a deadlock.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

import psycopg

from core import ConnectionFailedError, Postgres, invocation

from .errors import LockLostError, LockTakenError, RefusedError, StoppedError
from .stopping import Stop
from .talking import ANSWER_SECONDS, answering, opened

if TYPE_CHECKING:
    from core.connections.postgres import Connection

KEY: Final = 0x6D6F637374616B
"""The lock's number: the letters of the project. Advisory locks are a database's own."""
_INTERVAL_SECONDS: Final = 0.5
"""How often to ask for the lock while someone has it."""

_TAKE: Final = f"SELECT pg_try_advisory_xact_lock({KEY})".encode()
_HOLDER: Final = """\
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid::bigint << 32 | objid::bigint = %s"""


class MigrationLock:
    """The lock, held."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def check(self) -> None:
        """Make sure that the lock is still held.

        Raises:
            LockLostError: its connection is gone, or does not answer.
        """
        try:
            with invocation.bounded(ANSWER_SECONDS):
                self._connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise LockLostError(str(error).strip().splitlines()[0]) from error


@contextmanager
def migrating_alone(
    link: Postgres, *, patience: float, say: Callable[[str], object], stop: Stop
) -> Generator[MigrationLock]:
    """Hold the lock while the block runs, waiting for it if need be.

    Args:
        link: the database, as the owner of the schema.
        patience: seconds to wait for another migrator.
        say: is told once that it waits.
        stop: ends the waiting.

    Raises:
        LockTakenError: another migrator had it all the while.
        ConnectionFailedError: the database does not answer in time.
        StoppedError: `stop` was set.
    """
    with opened(link) as connection:
        _wait_for(connection, patience, say, stop)
        yield MigrationLock(connection)


def _wait_for(connection: "Connection", patience: float, say: Callable[[str], object], stop: Stop) -> None:
    until = monotonic() + patience
    waits = False
    while not _take(connection):
        if monotonic() >= until:
            raise LockTakenError(patience, _holder(connection))
        if not waits:
            waits = True
            say("another program migrates this database: waiting for it")
        if stop.wait(min(_INTERVAL_SECONDS, max(0.0, until - monotonic()))):
            raise StoppedError("while another program migrates the database")


def _take(connection: "Connection") -> bool:
    with answering():
        connection.execute("BEGIN")
        # The transaction idles as long as the run takes.
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # Without parameters, as a simple query: what came by Parse and Bind keeps its snapshot until the transaction
        # ends or something else is asked, and a concurrent index waits for that (measured).
        row = connection.execute(_TAKE).fetchone()
        taken = row is not None and bool(row[0])
        if not taken:
            connection.execute("ROLLBACK")
        return taken


def _holder(connection: "Connection") -> int | None:
    # It is for the error's message: that the lock is taken is known without.
    with suppress(ConnectionFailedError, RefusedError), answering():
        row = connection.execute(_HOLDER, [KEY]).fetchone()
        return None if row is None else int(row[0])
    return None
