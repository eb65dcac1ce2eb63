"""A command that runs in the place of ours, on the same terminal."""

import signal
import subprocess
from collections.abc import Mapping, Sequence

from local.ending import Ending, interrupts_left_alone
from local.locks import CancelledError

from .screen import Screen

GRACE = 5.0
"""Seconds that the command has to end in order, when we are to end."""
_POLL_SECONDS = 0.05
_NOT_FOUND = 127
"""The exit code by which a shell says that there is no such command."""
_BY_SIGNAL = 128
"""What a shell adds to the number of the signal that has ended a command."""


def run_child(
    command: Sequence[str], environ: Mapping[str, str], ending: Ending, screen: Screen, grace: float = GRACE
) -> int:
    """Run a command until it ends, or something ends us; return its exit code as a shell does.

    Ctrl-C is the command's own business: it is in the same process group and gets it itself. Whatever else ends us
    ends the command: by SIGTERM, and by SIGKILL once its grace is over.

    Args:
        command: the command and its arguments.
        environ: its whole environment.
        ending: what ends us.
        screen: where it is said that there is no such command.
        grace: seconds from SIGTERM to SIGKILL.

    Raises:
        CancelledError: something has ended us already; the command was not started.
    """
    with interrupts_left_alone():
        if ending.event.is_set():
            raise CancelledError
        try:
            child = subprocess.Popen(command, env=environ)
        except OSError as error:
            screen.line(f"error: {command[0]}: {error.strerror}")
            return _NOT_FOUND
        code = _wait(child, ending, grace)
    return code if code >= 0 else _BY_SIGNAL - code


def _wait(child: "subprocess.Popen[bytes]", ending: Ending, grace: float) -> int:
    while not ending.event.is_set():
        try:
            return child.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    child.send_signal(signal.SIGTERM)
    try:
        return child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
