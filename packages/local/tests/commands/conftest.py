"""Checkouts of a test's own, to run the commands in."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import db
import functions
from core import Postgres
from db.migrating.talking import opened
from local.paths import data_folder
from local.schema import owned
from local.stage import Stage, StageFolderError

SECONDS = 120.0
"""How long a command may take to come to where a test wants it."""
ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes standard input the controlling terminal, then becomes the command."""

SECOND_FUNCTION = """
FUNCTIONS = (*FUNCTIONS, Function(name="another", handler="functions.health.handler.handler", description=""))
"""
"""What makes a log other than that of `health` something that can be asked for."""


REVISION = '''\
"""A test's.

Revision ofatest, after {after}; generated on 2026-11-22.
"""
from pathlib import Path

from alembic import op

revision = "ofatest"
down_revision = {after!r}


def upgrade() -> None:
    op.execute("CREATE TABLE of_a_test ()")
    {more}


def downgrade() -> None:
    op.execute("DROP TABLE of_a_test")
'''
"""A revision, whose table no model has."""


class Checkout:
    """What the commands take for a checkout; its functions are a copy that a test may change, and `another`.

    Attributes:
        folder: the checkout.
        functions: the folder of the package `functions`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.functions = folder / "source" / "functions"
        (folder / "uv.lock").touch()
        (folder / "packages" / "local").mkdir(parents=True)
        shutil.copytree(Path(functions.__file__).parent, self.functions, ignore=shutil.ignore_patterns("__pycache__"))
        with (self.functions / "manifest.py").open("a") as manifest:
            manifest.write(SECOND_FUNCTION)
        self._processes: list[subprocess.Popen[str]] = []

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self._command(*arguments),
            cwd=self.folder,
            env=self._environ(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def refused(self, *arguments: str) -> str:
        """Run a command that is to fail before it does anything; return its error, which is all that it says."""
        done = self.run(*arguments)
        assert done.returncode == 1
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        return line

    @contextmanager
    def database(self) -> Generator[Postgres]:
        """Run PostgreSQL, and return the link to the database as the role that owns the schema."""
        with Stage(self.folder / ".local", user="test", engines=("postgres",)) as stage:
            yield owned(stage)

    def execute(self, *statements: str) -> None:
        """Run statements on the database, as its owner."""
        with self.database() as link, opened(link) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command; what it writes, on either stream, is `stdout`."""
        process = subprocess.Popen(
            self._command(*arguments),
            cwd=self.folder,
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._processes.append(process)
        return process

    def start_on_a_terminal(self, *arguments: str) -> "tuple[subprocess.Popen[str], int]":
        """Start a command on a controlling terminal of its own; return our end of that too."""
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *self._command(*arguments)],
            cwd=self.folder,
            env=self._environ(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            text=True,
            start_new_session=True,
        )
        os.close(theirs)
        self._processes.append(process)
        return process, ours

    def wait_for(self, name: str) -> None:
        """Wait until there is a file in the stage's folder."""
        until = time.monotonic() + SECONDS
        while not (self.folder / ".local" / name).exists():
            assert time.monotonic() < until, f"there is no {name}"
            time.sleep(0.01)

    def own_db(self) -> Path:
        """Give the checkout a copy of the package `db` of its own, and return its folder."""
        assert db.__file__ is not None
        ignored = shutil.ignore_patterns("__pycache__")
        return shutil.copytree(Path(db.__file__).parent, self.functions.parent / "db", ignore=ignored)

    def add_revision(self, after: str, more: str = "pass") -> Path:
        """Write the revision `ofatest` into the migrations of the checkout's own `db`, and return its file."""
        file = self.functions.parent / "db" / "migrations" / "versions" / "2026_11_22_of_a_test.py"
        file.write_text(REVISION.format(after=after, more=more))
        return file

    def close(self) -> None:
        """End what runs, and throw the data away, wherever it is."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.communicate(timeout=SECONDS)
        if (self.folder / ".local").is_dir():
            self.run("stop")
            with suppress(StageFolderError):  # one that a test has given away was never used
                Stage(self.folder / ".local", user="test").reset()
        shutil.rmtree(data_folder(self.folder / ".local"), ignore_errors=True)  # root's lies elsewhere
        shutil.rmtree(self.folder)

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "local", *arguments)

    def _environ(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.functions.parent)}


def wait_for(found: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < until, "it is not so"
        time.sleep(0.02)


def open_checkout() -> Generator[Checkout]:
    """Make a checkout; it is gone at the end, and nothing of it runs."""
    made = Checkout(Path(tempfile.mkdtemp(dir="/tmp", prefix="checkout-")))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def checkout() -> Generator[Checkout]:
    """Return a checkout of the test's own."""
    yield from open_checkout()
