"""Hidden folders that bundles are built and removed in, so that a bundle is there whole or not at all.

Whoever works in one holds a lock on it. The kernel frees the lock however its holder ends, so a folder that nobody
holds is what a killed build has left behind.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

_REGISTER = ".lock"
"""The lock that folders are made and looked through under: a new one is never seen before it is held."""


@contextmanager
def scratch(beside: Path, name: str) -> Generator[Path]:
    """Make a hidden folder in another one, for as long as the context lasts."""
    beside.mkdir(parents=True, exist_ok=True)
    with _locked(beside / _REGISTER):
        folder = Path(tempfile.mkdtemp(dir=beside, prefix=f".{name}."))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(held)


def remove_abandoned(beside: Path) -> None:
    """Remove the hidden folders in a folder whose makers have ended without removing them."""
    beside.mkdir(parents=True, exist_ok=True)
    with _locked(beside / _REGISTER):
        for folder in (path for path in beside.glob(".*") if path.is_dir()):
            with suppress(BlockingIOError, FileNotFoundError), _locked(folder, fcntl.LOCK_NB):
                _remove(folder)


def _remove(folder: Path) -> None:
    # A program that outlives the build that ran it may still write here: the next build removes the rest.
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(path: Path, how: int = 0) -> Generator[None]:
    held = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(held)
