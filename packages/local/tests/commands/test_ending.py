"""What ends a program of the local stage."""

import os
import queue
import signal
import subprocess
import sys
import threading

import pytest

from local.ending import watched

PROGRAM = """
import sys
from local.ending import watched
with watched() as ending:
    print("ready", flush=True)
    ending.event.wait(30)
print(ending.reason, flush=True)
"""


def start(*wrapper: str) -> "subprocess.Popen[str]":
    """Start a program that waits to be ended, and wait until it does."""
    program = subprocess.Popen([*wrapper, sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGINT, "Ctrl-C"),
        (signal.SIGTERM, "SIGTERM"),
        (signal.SIGQUIT, "Ctrl-\\"),
        (signal.SIGHUP, "the terminal was closed"),
    ],
)
def test_each_signal_ends_it_in_the_same_clean_way(number: signal.Signals, reason: str) -> None:
    """The program goes on to its own end, and knows why."""
    program = start()
    program.send_signal(number)
    output, _ = program.communicate(timeout=20)
    assert (program.returncode, output) == (0, reason + "\n")


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    """Under nohup a closed terminal does not end it."""
    program = start("sh", "-c", 'trap "" HUP; exec "$@"', "sh")
    program.send_signal(signal.SIGHUP)
    program.send_signal(signal.SIGTERM)
    output, _ = program.communicate(timeout=20)
    assert output == "SIGTERM\n"


def test_it_ends_when_its_parent_is_gone() -> None:
    """A parent that dies without a word, as nox does of SIGTERM, ends it too."""
    between = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); sys.stdin.read()"
    parent = subprocess.Popen(
        [sys.executable, "-c", between, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.kill()
    assert parent.stdout.readline() == "its parent process is gone\n"
    parent.communicate()


def test_signals_are_given_back() -> None:
    """After the block, Ctrl-C is Python's again."""
    before = signal.getsignal(signal.SIGINT)
    with watched() as ending:
        os.kill(os.getpid(), signal.SIGTERM)
        assert ending.event.wait(10)
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_to_be_done_at_the_end_is_done_in_another_thread() -> None:
    """A signal makes what the main thread waits for give up, whenever that was said."""
    threads: queue.Queue[str] = queue.Queue()
    with watched() as ending:
        ending.on_end(lambda: threads.put(threading.current_thread().name))
        os.kill(os.getpid(), signal.SIGINT)
        assert threads.get(timeout=10) == "watch parent"
        ending.on_end(lambda: threads.put("late"))
        assert threads.get(timeout=10) == "late"
