"""Stopping a run from another thread: what is under way is cancelled on the server, which rolls it back."""

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
        with suppress(psycopg.Error):  # a server that can't be told is left
            running.cancel_safe(timeout=_CANCEL_SECONDS)
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


def _cut(connection: "psycopg.Connection[object]") -> None:
    """End a connection for the thread that waits on it, which closes it: the descriptor is its own."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
