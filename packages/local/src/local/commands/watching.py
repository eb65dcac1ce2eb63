"""What a command shows of engines that start and stop."""

from local.engines import EngineName
from local.stage import EngineState

from .screen import Screen


class Shown:
    """A stage's watcher that writes to the screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def engine(self, name: EngineName, state: EngineState, seconds: float, /) -> None:
        """Write what a person waits for: that an engine is ready, has failed or has stopped."""
        if state in ("ready", "failed", "stopped"):
            self._screen.line(f"{name:<10} {state} after {seconds:.1f} s")

    def download(self, name: str, total: int, done: int, /) -> None:
        """Show how far a download is."""
        self._screen.download(name, total, done)
