"""Stopping what a run has under way from another thread: it is cancelled on the server, which rolls it back."""

import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

from .errors import StoppedError

_CANCEL_SECONDS: Final = 2.0
"""How long the server may take to be told."""
_GRACE_SECONDS: Final = 3.0
"""How long it may take from there to end what it does."""


class Stop:
    """Whether a run of migrations is to end; it may be set from another thread."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._running: psycopg.Connection[object] | None = None
        self._ended = threading.Event()

    @property
    def is_set(self) -> bool:
        """Whether the run is to end."""
        return self._wanted.is_set()

    def set(self) -> None:
        """End the run: the statement under way is cancelled, and the connection cut if the server does not react."""
        with self._lock:
            self._wanted.set()
            running = self._running
        if running is None:
            return
        _cancel(running)
        if not self._ended.wait(_GRACE_SECONDS):
            _cut(running)

    def wait(self, seconds: float) -> bool:
        """Wait, but not after the run is to end; return whether it is."""
        return self._wanted.wait(seconds)

    @contextmanager
    def cancelling(self, connection: "psycopg.Connection[object]") -> Generator[None]:
        """Have what runs on a connection cancelled if the run is to end meanwhile.

        Raises:
            StoppedError: it is to end already.
        """
        with self._lock:
            if self._wanted.is_set():
                raise StoppedError("before the next revision")
            self._ended.clear()
            self._running = connection
        try:
            yield
        finally:
            with self._lock:
                self._running = None
            self._ended.set()


@contextmanager
def cancelled_after(connection: "psycopg.Connection[object]", seconds: float) -> Generator[None]:
    """Have what runs on a connection cancelled if the block takes longer than it may.

    It stands for `statement_timeout` outside of a transaction. A proxy may not pass it on.
    """
    timer = threading.Timer(seconds, _cancel, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # it must not reach what the connection does next


def _cancel(connection: "psycopg.Connection[object]") -> None:
    with suppress(psycopg.Error):  # a server that can't be told is left
        connection.cancel_safe(timeout=_CANCEL_SECONDS)


def _cut(connection: "psycopg.Connection[object]") -> None:
    """End a connection for the thread that waits on it, which closes it: the descriptor is its own."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
