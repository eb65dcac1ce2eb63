"""What `shell` does with its command, and what ends it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress

import psutil
import pytest

HEAD = """
import os, sys
from local.commands.child import run_child
from local.commands.screen import Screen
from local.ending import watched
with watched() as ending:
"""
PROGRAM = f"{HEAD}    sys.exit(run_child(sys.argv[1:], os.environ, ending, Screen(sys.stderr), grace=0.5))\n"
"""Runs a command as `shell` does, on a shorter grace."""
ENDED = f"""{HEAD}    ending.end("a test")
    run_child(sys.argv[1:], os.environ, ending, Screen(sys.stderr))
"""
SURVIVOR = """
import os, signal, sys, time
def survive(number, frame): print("survived", number, flush=True)
signal.signal(signal.SIGINT, survive)
if "stubborn" in sys.argv: signal.signal(signal.SIGTERM, survive)
print("ready", os.getpid(), flush=True)
while True: time.sleep(1)
"""
"""Survives Ctrl-C as a REPL does, and SIGTERM too if it is stubborn."""


class Shell:
    """A program that runs `SURVIVOR`, in a process group of its own."""

    def __init__(self, *arguments: str, wrapper: tuple[str, ...] = ()) -> None:
        command = (sys.executable, "-c", PROGRAM, sys.executable, "-c", SURVIVOR, *arguments)
        self.process = subprocess.Popen(
            [*wrapper, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        found = re.fullmatch(r"ready (\d+)\n", self.line())
        assert found
        self.child = psutil.Process(int(found[1]))

    def line(self) -> str:
        """Return the next line of the output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def interrupt(self) -> None:
        """Send Ctrl-C as a terminal does: to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.line() == f"survived {signal.SIGINT.value}\n"

    def close(self) -> None:
        """Kill what is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def shell() -> Generator[Shell]:
    """Return a shell whose command ends on SIGTERM."""
    made = Shell()
    yield made
    made.close()


@pytest.fixture
def stubborn() -> Generator[Shell]:
    """Return a shell whose command ends only by force."""
    made = Shell("stubborn")
    yield made
    made.close()


def test_ctrl_c_is_the_commands_own(shell: Shell) -> None:
    """A command that survives Ctrl-C goes on, however often, and so does the shell around it."""
    shell.interrupt()
    shell.interrupt()
    assert (shell.process.poll(), shell.child.is_running()) == (None, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_after_a_survived_ctrl_c_it_can_still_be_ended(shell: Shell, number: signal.Signals) -> None:
    """A survived Ctrl-C takes nothing from what else ends it; the exit code is that of a command ended by SIGTERM."""
    shell.interrupt()
    shell.process.send_signal(number)
    assert shell.process.wait(20) == 128 + signal.SIGTERM
    assert not shell.child.is_running()


def test_a_command_that_does_not_end_is_killed(stubborn: Shell) -> None:
    """SIGTERM comes first, and force when the grace is over."""
    stubborn.process.send_signal(signal.SIGTERM)
    assert stubborn.line() == f"survived {signal.SIGTERM.value}\n"
    assert stubborn.process.wait(20) == 128 + signal.SIGKILL


def test_after_a_survived_ctrl_c_its_parent_is_still_watched() -> None:
    """A parent that dies without a word ends the command."""
    between = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: None)\n"
        "subprocess.Popen(sys.argv[1:])\n"
        "while sys.stdin.read(): pass\n"
    )
    shell = Shell(wrapper=(sys.executable, "-c", between))
    try:
        shell.interrupt()
        shell.process.kill()
        shell.process.wait(20)
        _, alive = psutil.wait_procs([shell.child], timeout=20)
        assert not alive
    finally:
        shell.close()


def run(program: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that runs a command."""
    return subprocess.run(
        [sys.executable, "-c", program, *command], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_exit_code_is_the_commands() -> None:
    """What the command says of itself is what the shell says."""
    assert run(PROGRAM, "sh", "-c", "exit 7").returncode == 7


def test_a_command_that_is_not_there_is_one_line() -> None:
    """It is named, and the exit code is a shell's."""
    done = run(PROGRAM, "/nowhere/at/all")
    assert (done.returncode, done.stderr) == (127, "error: /nowhere/at/all: No such file or directory\n")


def test_a_command_is_not_run_once_the_program_is_to_end() -> None:
    """Who ended the program while it got ready does not want the command any more."""
    done = run(ENDED, "sh", "-c", "echo it ran")
    assert (done.stdout, "CancelledError" in done.stderr) == ("", True)
