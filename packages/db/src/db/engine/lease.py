"""What SQLAlchemy takes for a driver's connection: a hold on core's connection, as long as one invocation at most."""

import os
from typing import Any

import psycopg
from psycopg import IsolationLevel, pq

from core import Postgres, invocation
from core.connections import postgres

from .errors import ConnectionInUseError, InvocationOverError, TransactionFailedError


class Lease:
    """A hold on core's connection, from SQLAlchemy's checkout to its return.

    Core's connection commits each statement by itself, and stays so: a transaction is begun here by a statement of
    its own, so that its state is the server's and nothing has to be put back. A lease that its invocation has left
    behind, or that came along with a fork, does nothing any more: whoever ends it late, be it the garbage collector,
    does not touch the connection of those who came after.

    Attributes:
        autocommit: whether no transaction is begun. This and the following are set by SQLAlchemy, for
            `isolation_level` and the like among the execution options, and hold for the transactions to come.
        isolation_level: that of its transactions; None for the server's default.
        read_only: whether its transactions only read; None for the server's default.
        deferrable: whether its transactions wait for a moment in which they can't fail; None likewise.
    """

    def __init__(self, link: Postgres) -> None:
        """Take core's connection, checked and if need be opened.

        Raises:
            ConnectionFailedError: there is none to be had in time.
            ConnectionInUseError: it is in a transaction of someone else's.
        """
        self._link = link
        self._pid, self._invocation = os.getpid(), invocation.number()
        self._held: postgres.Connection | None = postgres.connection(link)
        if not _is_idle(self._held):
            raise ConnectionInUseError
        self.autocommit = False
        self.isolation_level: IsolationLevel | None = None
        self.read_only: bool | None = None
        self.deferrable: bool | None = None

    @property
    def is_held(self) -> bool:
        """Whether it still holds the connection: it was not returned, and its invocation goes on in its process."""
        return self._held is not None and self._pid == os.getpid() and self._invocation == invocation.number()

    @property
    def closed(self) -> bool:
        """Whether it can't be used: it holds nothing, or what it holds is closed."""
        return self._held is None or not self.is_held or self._held.closed

    @property
    def broken(self) -> bool:
        """Whether the connection has broken."""
        return self._held is not None and self._held.broken

    @property
    def driver(self) -> postgres.Connection:
        """The driver's connection, in the transaction of this lease: for COPY, for example.

        Raises:
            InvocationOverError: it holds nothing any more.
        """
        held = self._current()
        if _is_idle(held):
            # Between two transactions it is checked as it is between two leases.
            self._held = held = postgres.connection(self._link)
            if not self.autocommit:
                held.execute(self._begin())
        return held

    def cursor(self, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:  # noqa: ANN401  # psycopg's own parameters
        """Return a cursor, in a transaction unless `autocommit` is set."""
        return self.driver.cursor(*args, **kwargs)

    def commit(self) -> None:
        """Commit, where anything was begun.

        Raises:
            TransactionFailedError: a statement has failed, so that PostgreSQL would undo what it is to commit, and
                say no more of that than a word that psycopg does not read.
        """
        held = self._current()
        if held.pgconn.transaction_status == pq.TransactionStatus.INERROR:
            raise TransactionFailedError
        held.commit()

    def rollback(self) -> None:
        """Undo what is not committed. Where the lease is over that has happened."""
        if self._held is not None and not self.closed:
            self._held.rollback()

    def close(self) -> None:
        """Give the connection back, clean."""
        if self._held is not None and not self.closed and not _is_idle(self._held):
            self._held.close()
        self._held = None

    def terminate(self) -> None:
        """Close the connection: in which state it is, nobody knows."""
        if self._held is not None and self.is_held:
            self._held.close()
        self._held = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever else psycopg's connection has
        return getattr(self._current(), name)

    def _current(self) -> postgres.Connection:
        if self._held is None or not self.is_held:
            raise InvocationOverError
        return self._held

    def _begin(self) -> bytes:
        words = ["BEGIN"]
        if self.isolation_level is not None:
            words.append(f"ISOLATION LEVEL {self.isolation_level.name.replace('_', ' ')}")
        if self.read_only is not None:
            words.append("READ ONLY" if self.read_only else "READ WRITE")
        if self.deferrable is not None:
            words.append("DEFERRABLE" if self.deferrable else "NOT DEFERRABLE")
        return " ".join(words).encode()


def _is_idle(connection: postgres.Connection) -> bool:
    return connection.pgconn.transaction_status == pq.TransactionStatus.IDLE
