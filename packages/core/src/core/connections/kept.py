"""The connection that an execution environment keeps: opened on first use, replaced once when it has died."""

import os
from collections.abc import Callable
from time import monotonic
from typing import Generic, Protocol, TypeVar

from core.errors import ConnectionFailedError, Failure

from .steps import Steps

IDLE_SECONDS = 5.0
"""After this long without use a connection is no longer trusted: the environment may have been frozen since."""

_DIED: frozenset[Failure] = frozenset({"closed", "timeout", "tls"})
"""How a connection fails that has died while nobody used it."""


class Keepable(Protocol):
    """What can be kept."""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come that nobody asked for: the other side's end, or an answer too many."""
        ...

    def close(self) -> None:
        """Close it at once."""
        ...


C = TypeVar("C", bound=Keepable)
R = TypeVar("R")


class Kept(Generic[C]):
    """A place for one connection; Lambda gives an environment one request at a time, so it has no lock."""

    def __init__(self) -> None:
        self._connection: C | None = None
        self._used = 0.0
        self._pid = 0

    def peek(self) -> C | None:
        """Return the connection; None where there is none, or where it belongs to the process forked from."""
        return self._connection if self._pid == os.getpid() else None

    def take(self) -> C | None:
        """Take the connection out, as `peek` returns it."""
        connection, self._connection = self.peek(), None
        return connection

    def put(self, connection: C) -> None:
        """Keep a connection that has just been used."""
        self._connection, self._used, self._pid = connection, monotonic(), os.getpid()

    @property
    def idle(self) -> bool:
        """Whether the connection has been idle so long that it may be dead."""
        return monotonic() - self._used >= IDLE_SECONDS

    def close(self) -> None:
        """Close the connection, if there is one of this process."""
        connection = self.take()
        if connection is not None:
            connection.close()

    def exchange(
        self, connect: Callable[[float], Steps[C]], talk: Callable[[C, float], Steps[R]], until: float
    ) -> Steps[R]:
        """Talk on the kept connection; if that has died, once more on a new one, within the same deadline.

        `talk` must be something that may be said twice: a ping. A connection that was idle for long gets half of
        the time, so that there is some left to replace it. One that fails is closed, never kept.
        """
        said = yield from self._on_kept(talk, until)
        if said is not None:
            return said[0]
        connection = yield from connect(until)
        return (yield from self._talk(connection, talk, until))

    def checked(
        self, connect: Callable[[float], Steps[C]], check: Callable[[C, float], Steps[object]], until: float
    ) -> Steps[C]:
        """Return the kept connection if it stands a check, otherwise a new one; in both cases it is kept."""
        said = yield from self._on_kept(lambda kept, patience: _then(check(kept, patience), kept), until)
        if said is not None:
            return said[0]
        connection = yield from connect(until)
        self.put(connection)
        return connection

    def _on_kept(self, talk: Callable[[C, float], Steps[R]], until: float) -> Steps[tuple[R] | None]:
        """Talk on the kept connection; None if there is none, or it turns out to have died."""
        connection = self.take()
        if connection is None:
            return None
        if not connection.is_quiet:
            connection.close()
            return None
        now = monotonic()
        patience = now + (until - now) / 2 if self.idle else until
        try:
            return ((yield from self._talk(connection, talk, patience)),)
        except ConnectionFailedError as error:
            if error.failure not in _DIED or monotonic() >= until:
                raise
            return None

    def _talk(self, connection: C, talk: Callable[[C, float], Steps[R]], until: float) -> Steps[R]:
        try:
            result = yield from talk(connection, until)
        except BaseException:
            connection.close()
            raise
        self.put(connection)
        return result


def _then(steps: Steps[object], value: C) -> Steps[C]:
    yield from steps
    return value
