"""What is shown of downloads, on a terminal and in a file."""

import io
import os
import threading
import time
from collections.abc import Generator

import pytest

from local.commands.screen import Screen

MB = 1_000_000


class Terminal:
    """A terminal that keeps what is written to it."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        self.stream = os.fdopen(theirs, "w")
        self.written = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                self.written += os.read(self._ours, 65_536).decode()
            except OSError:
                return

    def wait_for(self, text: str) -> None:
        """Wait until a text has been written."""
        until = time.monotonic() + 20
        while text not in self.written:
            assert time.monotonic() < until, self.written
            time.sleep(0.01)

    def close(self) -> None:
        """Close both ends."""
        self.stream.close()
        self._reader.join(10)
        os.close(self._ours)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Generator[Terminal]:
    """Return a terminal of 100 columns."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    made = Terminal()
    yield made
    made.close()


def test_in_a_file_a_download_is_a_line_for_each_quarter() -> None:
    """A log of a start is not flooded."""
    stream = io.StringIO()
    screen = Screen(stream)
    for done in range(0, 101, 5):
        screen.download("opensearch", 100 * MB, done * MB)
    assert stream.getvalue().splitlines() == [f"fetching opensearch: {done} of 100 MB" for done in (0, 25, 50, 75, 100)]


def test_on_a_terminal_a_download_is_drawn_there(terminal: Terminal, capfd: pytest.CaptureFixture[str]) -> None:
    """A bar shows how far it is, on the screen's own stream: standard output may be what someone wants to have."""
    screen = Screen(terminal.stream)
    screen.download("opensearch", 100 * MB, 40 * MB)
    terminal.wait_for("fetching opensearch")
    terminal.wait_for("40.0/100.0 MB")
    screen.line("postgres ready")
    terminal.wait_for("postgres ready")
    screen.quiet()
    assert capfd.readouterr().out == ""


def test_a_download_after_the_drawing_was_stopped_is_drawn_again(terminal: Terminal) -> None:
    """What is fetched late, after the table say, does not fail for want of the former bar."""
    screen = Screen(terminal.stream)
    screen.download("redis", 10 * MB, 1 * MB)
    screen.quiet()
    screen.download("redis", 10 * MB, 7 * MB)
    terminal.wait_for("7.0/10.0 MB")
    screen.quiet()


def test_a_table_has_each_row_whole_in_a_file() -> None:
    """No value is wrapped or cut where no terminal says how wide it is."""
    stream = io.StringIO()
    url = "http://127.0.0.1:8000/" + "long/" * 40
    Screen(stream).table("local stage", [("API", url, "healthy")])
    (row,) = [line for line in stream.getvalue().splitlines() if "API" in line]
    assert url in row
