"""Through `uv run nox -s dev`, on a terminal: every way of ending it ends everything."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from clone import Clone

pytestmark = [pytest.mark.engines, pytest.mark.network]

START_SECONDS = 150.0
"""A first start installs the workspace."""
END_SECONDS = 30.0
READY = "Ctrl-C stops everything"
ENGINES = ("postgres", "redis", "s3")
ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes standard input the controlling terminal, then becomes the command."""


@dataclass
class Running:
    """A `dev` on a terminal of its own.

    Attributes:
        chain: uv, nox and the program.
        everything: those and all that they started, engines included.
        terminal: our end of its terminal.
        api: the port of its API.
    """

    chain: dict[str, psutil.Process]
    everything: list[psutil.Process]
    terminal: int
    api: int

    def assert_gone(self) -> None:
        """Assert that nothing of it is left."""
        _, alive = psutil.wait_procs(self.everything, timeout=END_SECONDS)
        assert [process.cmdline() for process in alive] == []
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self.api), timeout=5)


@pytest.fixture
def running(clone: Clone) -> Iterator[Running]:
    """Start `dev` as a person does, and wait until it is ready. OpenSearch would only cost time here."""
    ours, theirs = os.openpty()
    uv = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *clone.command("dev", "--", "--without", "opensearch")],
        cwd=clone.folder,
        env=clone.environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        written = read_until(ours, READY)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/health", written)
        assert found, written
        outermost = psutil.Process(uv.pid)
        descendants = outermost.children(recursive=True)
        chain = {"uv": outermost, "nox": descendants[0], "the program": descendants[1]}
        everything = [outermost, *descendants, *(engine(clone.folder, name) for name in ENGINES)]
        yield Running(chain, everything, ours, int(found[1]))
    finally:
        kill(uv.pid)
        uv.wait()
        with suppress(OSError):
            os.close(ours)
        clone.session("stop")


def kill(pid: int) -> None:
    """Kill a process and all that it started, as far as they are still there."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            each.kill()


def read_until(terminal: int, text: str) -> str:
    """Return what is written to a terminal up to a text."""
    until, written = time.monotonic() + START_SECONDS, ""
    while text not in written:
        assert time.monotonic() < until, written
        try:
            written += os.read(terminal, 65_536).decode(errors="replace")
        except OSError:  # so Linux ends a terminal that nobody holds
            pytest.fail(written)
    return written


def engine(folder: Path, name: str) -> psutil.Process:
    """Return the main process of an engine."""
    state = json.loads((folder / ".local" / "state.json").read_text())
    return psutil.Process(state[name]["pid"])


def test_ctrl_c(running: Running) -> None:
    """Ctrl-C on the terminal reaches every process of the chain; none is killed before it is done."""
    os.write(running.terminal, b"\x03")
    running.assert_gone()


@pytest.mark.parametrize("who", ["uv", "nox", "the program"])
def test_sigterm_to_any_process_of_the_chain(running: Running, who: str) -> None:
    """Whichever process is asked to end, all end."""
    running.chain[who].send_signal(signal.SIGTERM)
    running.assert_gone()


def test_a_closed_terminal(running: Running) -> None:
    """A terminal that is gone takes everything along."""
    os.close(running.terminal)
    running.assert_gone()


def test_what_a_killed_run_left_is_ended_by_the_next_command(running: Running, clone: Clone) -> None:
    """After kill -9 of the whole chain its engines are found, by the next command, and ended."""
    for process in running.chain.values():
        process.kill()
    assert engine(clone.folder, "postgres").is_running()
    stopped = clone.session("stop")
    assert (stopped.returncode, "postgres" in stopped.stdout) == (0, True), stopped.stdout + stopped.stderr
    running.assert_gone()


def test_a_second_dev_says_where_the_first_one_is(running: Running, clone: Clone) -> None:
    """Two do not fight over one checkout; the first goes on."""
    second = clone.session("dev")
    assert second.returncode != 0
    assert f"http://127.0.0.1:{running.api}" in second.stdout + second.stderr
    with socket.create_connection(("127.0.0.1", running.api), timeout=5):
        pass
