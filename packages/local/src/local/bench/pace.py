"""What a person sees while the bench measures, and how the bench is ended."""

from typing import Self

from rich.console import Console
from rich.progress import Progress, TaskID, TextColumn

from local.ending import Ending

from .errors import BenchEndedError


class Pace:
    """Shows which round of what is done; a context.

    It draws only when it is told to: what draws by itself would disturb the measurement.

    Attributes:
        ending: what ends the bench.
    """

    def __init__(self, console: Console, ending: Ending) -> None:
        self._console = console
        self.ending = ending
        columns = TextColumn("{task.description}"), TextColumn("{task.completed:g} rounds")
        self._progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, what: str) -> None:
        """Take note of a round of something.

        Raises:
            BenchEndedError: somebody has ended the bench.
        """
        if self.ending.event.is_set():
            raise BenchEndedError(self.ending.reason)
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=None)
            if not self._console.is_terminal:
                self._console.print(f"measuring {what}")
        self._progress.advance(self._tasks[what])
        self._progress.refresh()
