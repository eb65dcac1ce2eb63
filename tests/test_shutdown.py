"""Through `uv run nox -s dev`, on a terminal: every way of ending it ends everything."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
import pytest

from clone import Clone
from local.paths import data_folder

pytestmark = [pytest.mark.engines, pytest.mark.network, pytest.mark.timeout(900)]  # a clone is installed

START_SECONDS = 150.0
"""A first start installs the workspace."""
END_SECONDS = 30.0
STARTING = "ready after"
"""What is written of the first engine; OpenSearch takes longer."""
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
        clone: the checkout that it runs in.
        chain: uv, nox and the program.
        everything: those and all that they started, engines included.
        terminal: our end of its terminal.
        api: the port of its API.
    """

    clone: Clone
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

    def assert_ended_in_order(self) -> None:
        """Assert that nothing of it is left, and that nothing of it had to be killed."""
        self.assert_gone()
        assert_left(self.clone)
        log = (self.clone.stage / "logs" / "postgres.log").read_text()
        assert log.rstrip().endswith("database system is shut down"), log


def assert_left(clone: Clone) -> None:
    """Assert that everyone has left the stage, as those do who end in order, and that no engine is left."""
    assert not (clone.stage / "state.json").exists()
    assert list((clone.stage / "users").iterdir()) == []
    data = data_folder(clone.stage)
    inside = [process for process in psutil.process_iter(["cwd"]) if (process.info["cwd"] or "").startswith(str(data))]
    assert inside == []


@dataclass
class Started:
    """A `dev` that was started on a terminal of its own.

    Attributes:
        outermost: its process: uv.
        terminal: our end of its terminal.
    """

    outermost: psutil.Process
    terminal: int


@contextmanager
def started(clone: Clone, *options: str) -> Generator[Started]:
    """Start `dev` as a person does; what is left of it in the end is killed."""
    ours, theirs = os.openpty()
    uv = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *clone.command("dev", "--", *options)],
        cwd=clone.folder,
        env=clone.environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Started(psutil.Process(uv.pid), ours)
    finally:
        kill(uv.pid)
        uv.wait()
        with suppress(OSError):
            os.close(ours)
        clone.session("stop")


@pytest.fixture
def running(clone: Clone) -> Iterator[Running]:
    """Start `dev`, and wait until it is ready. OpenSearch would only cost time here."""
    with started(clone, "--without", "opensearch") as dev:
        written = read_until(dev.terminal, READY)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/health", written)
        assert found, written
        descendants = dev.outermost.children(recursive=True)
        chain = {"uv": dev.outermost, "nox": descendants[0], "the program": descendants[1]}
        everything = [dev.outermost, *descendants, *(engine(clone, name) for name in ENGINES)]
        yield Running(clone, chain, everything, dev.terminal, int(found[1]))


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
        readable, _, _ = select.select([terminal], [], [], max(0.0, until - time.monotonic()))
        assert readable, f"{text!r} was not written within {START_SECONDS:g} s: {written}"
        try:
            written += os.read(terminal, 65_536).decode(errors="replace")
        except OSError:  # so Linux ends a terminal that nobody holds
            pytest.fail(written)
    return written


def engine(clone: Clone, name: str) -> psutil.Process:
    """Return the main process of an engine."""
    state = json.loads((clone.stage / "state.json").read_text())
    return psutil.Process(state[name]["pid"])


def test_ctrl_c(running: Running) -> None:
    """Ctrl-C on the terminal reaches every process of the chain; none is killed before it is done."""
    os.write(running.terminal, b"\x03")
    running.assert_ended_in_order()


def test_ctrl_c_while_it_starts(clone: Clone) -> None:
    """Ended between its first words and its being ready, with every engine on its way, it leaves nothing either."""
    with started(clone) as dev:
        written = read_until(dev.terminal, STARTING)
        assert READY not in written
        everything = [dev.outermost, *dev.outermost.children(recursive=True)]
        os.write(dev.terminal, b"\x03")
        _, alive = psutil.wait_procs(everything, timeout=END_SECONDS)
        assert [process.cmdline() for process in alive] == []
        assert_left(clone)


@pytest.mark.parametrize("who", ["uv", "nox", "the program"])
def test_sigterm_to_any_process_of_the_chain(running: Running, who: str) -> None:
    """Whichever process is asked to end, all end."""
    running.chain[who].send_signal(signal.SIGTERM)
    running.assert_ended_in_order()


def test_a_closed_terminal(running: Running) -> None:
    """A terminal that is gone takes everything along."""
    os.close(running.terminal)
    running.assert_ended_in_order()


def test_what_a_killed_run_left_is_ended_by_the_next_command(running: Running, clone: Clone) -> None:
    """After kill -9 of the whole chain its engines are found, by the next command, and ended."""
    for process in running.chain.values():
        process.kill()
    assert engine(clone, "postgres").is_running()
    stopped = clone.session("stop")
    assert (stopped.returncode, "postgres" in stopped.stdout) == (0, True), stopped.stdout + stopped.stderr
    running.assert_ended_in_order()


def test_a_second_dev_says_where_the_first_one_is(running: Running, clone: Clone) -> None:
    """Two do not fight over one checkout; the first goes on."""
    second = clone.session("dev")
    assert second.returncode != 0
    assert f"http://127.0.0.1:{running.api}" in second.stdout + second.stderr
    with socket.create_connection(("127.0.0.1", running.api), timeout=5):
        pass
