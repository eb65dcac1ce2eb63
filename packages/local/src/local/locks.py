"""Locks between processes, held by the kernel: one that is killed frees its own.

Each lock is on an open file (flock), so that two objects of one process exclude each other as two processes do.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from .errors import LocalError

_INTERVAL = 0.02
"""Seconds between two tries at a lock that someone else holds."""


class CancelledError(LocalError):
    """What waited was told to stop waiting."""

    def __init__(self) -> None:
        super().__init__("cancelled")


class Lock:
    """A lock file, open; closing it frees what is held of it.

    Raises:
        FileNotFoundError: it is not there, and `create` is false.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)

    def take(self) -> bool:
        """Take the lock, unless someone has it or asks about it; return whether that was so."""
        return self._lock(fcntl.LOCK_EX)

    def is_taken(self) -> bool:
        """Return whether someone else has the lock."""
        return not self._lock(fcntl.LOCK_SH)

    def close(self) -> None:
        """Free the lock, also where a fork of this process has the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)

    def _lock(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(
    path: Path, cancelled: threading.Event | None = None, waiting: Callable[[], object] = lambda: None
) -> Generator[None]:
    """Hold the lock at `path` while the block runs, waiting for it as long as it takes.

    Args:
        path: the lock file.
        cancelled: ends the waiting when it is set.
        waiting: called again and again while someone else has the lock; an exception of it ends the waiting.

    Raises:
        CancelledError: `cancelled` was set while waiting.
    """
    lock = Lock(path)
    try:
        while not lock.take():
            waiting()
            if cancelled is None:
                time.sleep(_INTERVAL)
            elif cancelled.wait(_INTERVAL):
                raise CancelledError
        yield
    finally:
        lock.close()
