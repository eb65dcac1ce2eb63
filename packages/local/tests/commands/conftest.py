"""Checkouts of a test's own, to run the commands in."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import pytest

import functions
from local.paths import data_folder

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

    def close(self) -> None:
        """End what runs, and throw the data away, wherever it is."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.communicate(timeout=SECONDS)
        if (self.folder / ".local").is_dir():
            self.run("stop")
            self.run("reset")
        shutil.rmtree(data_folder(self.folder / ".local"), ignore_errors=True)  # root's lies elsewhere
        shutil.rmtree(self.folder)

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "local", *arguments)

    def _environ(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.functions.parent)}


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
