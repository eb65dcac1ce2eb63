"""`invoke --debug`, on a terminal."""

import os
import subprocess
import time
from pathlib import Path
from typing import Protocol

import pytest

PROBE = """
def handler(event, context):
    answer = 1
    breakpoint()
    return {"answer": answer}
"""
MANIFEST = """
from core.manifest import Function
HEALTH = Function(name="probe", handler="functions.probe.handler", description="A test's function.", timeout=1)
FUNCTIONS = (HEALTH,)
"""


class Checkout(Protocol):
    """A checkout of the test's own; see conftest.py."""

    functions: Path

    def start_on_a_terminal(self, *arguments: str) -> "tuple[subprocess.Popen[str], int]":
        """Start a command on a controlling terminal; return our end of that too."""
        ...


def read_until(terminal: int, text: str) -> str:
    """Return what is written to a terminal up to a text."""
    until, written = time.monotonic() + 60, ""
    while text not in written:
        assert time.monotonic() < until, written
        try:
            written += os.read(terminal, 65_536).decode(errors="replace")
        except OSError:  # so Linux ends a terminal that nobody holds
            pytest.fail(written)
    return written


def test_breakpoint_works_on_the_terminal(checkout: Checkout) -> None:
    """The debugger reads from the person's terminal, at their pace: the function's timeout does not count."""
    (checkout.functions / "probe.py").write_text(PROBE)
    (checkout.functions / "manifest.py").write_text(MANIFEST)
    process, terminal = checkout.start_on_a_terminal("invoke", "probe", "--debug")
    try:
        read_until(terminal, "(Pdb) ")
        began = time.monotonic()
        os.write(terminal, b"import time; time.sleep(1.2); answer = 6 * 7\n")
        read_until(terminal, "(Pdb) ")
        assert time.monotonic() - began > 1  # longer than the timeout
        os.write(terminal, b"continue\n")
        read_until(terminal, '"answer": 42')
        assert process.wait(60) == 0
    finally:
        os.close(terminal)
