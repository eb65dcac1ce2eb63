"""`shell` and `invoke`, ended while the engines start."""

import signal
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

pytestmark = pytest.mark.engines


class Checkout(Protocol):
    """A checkout of the test's own; see conftest.py."""

    folder: Path

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command."""
        ...

    def wait_for(self, name: str) -> None:
        """Wait until there is a file in the stage's folder."""
        ...


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("shell", "local", "echo", "it ran"), ("invoke", "health")])
def test_it_ends_at_once_and_runs_nothing(checkout: Checkout, command: tuple[str, ...], number: signal.Signals) -> None:
    """The start is given up, no engine is left, and one line says what happened."""
    process = checkout.start(*command)
    checkout.wait_for("state.json")  # from here on the engines start
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert output.splitlines()[-1] == "ended before the stage was up"
    assert "it ran" not in output
    assert "opensearch ready" not in output
    assert not (checkout.folder / ".local" / "state.json").exists()
