"""What the commands show: lines on a terminal or in a file, progress of downloads, one table.

rich is loaded when there is something for it to draw: a start should not wait for it.
"""

import sys
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_QUARTERS = 4
"""How often a download is reported where nothing can be drawn."""
_FILE_COLUMNS = 4096
"""Columns of a file: more than any row of a table takes, which is no wider than its content."""


def health_line(status: str) -> str:
    """Return the line that says what /health answered first."""
    return f"{'/health':<10} {status}"


class Screen:
    """Where a command writes. It is used by several threads.

    A terminal that was closed swallows what is written: the command ends by its hang-up, not by an error here.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._lock = Lock()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._reported: dict[str, int] = {}

    def line(self, text: str = "") -> None:
        """Write one line."""
        with self._lock, suppress(OSError, ValueError):  # ValueError: the stream is closed
            if self._progress is not None:
                self._progress.console.print(text, markup=False, highlight=False)
            else:
                print(text, file=self._stream, flush=True)

    def download(self, name: str, total: int, done: int) -> None:
        """Show how much of a download has arrived, in bytes."""
        if self._stream.isatty():
            with self._lock, suppress(OSError, ValueError):
                self._draw(name, total, done)
            return
        quarter = done * _QUARTERS // total if total else 0
        if quarter > self._reported.get(name, -1):
            self._reported[name] = quarter
            self.line(f"fetching {name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB")

    def quiet(self) -> None:
        """Draw no progress any more."""
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
                self._progress = None
                self._tasks.clear()

    def table(self, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Write a table of what, where and state."""
        from rich.console import Console  # noqa: PLC0415  # see the module's docstring
        from rich.table import Column, Table  # noqa: PLC0415

        self.quiet()
        # Nothing is cut: what is shown is there to be copied.
        columns = [Column(name, overflow="fold") for name in ("what", "where", "state")]
        table = Table(*columns, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        with self._lock, suppress(OSError, ValueError):
            width = None if self._stream.isatty() else _FILE_COLUMNS
            console = Console(file=self._stream, markup=False, highlight=False, width=width)
            console.print(table)

    def _draw(self, name: str, total: int, done: int) -> None:
        if self._progress is None:
            from rich import progress  # noqa: PLC0415  # see the module's docstring
            from rich.console import Console  # noqa: PLC0415

            self._progress = progress.Progress(
                progress.TextColumn("fetching {task.description}"),
                progress.BarColumn(),
                progress.DownloadColumn(),
                progress.TransferSpeedColumn(),
                console=Console(file=self._stream),
                transient=True,
            )
            self._progress.start()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done)
