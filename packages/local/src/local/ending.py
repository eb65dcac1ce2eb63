"""What ends a program of the local stage: Ctrl-C, SIGTERM, a closed terminal, or its parent being gone.

`uv run nox -s dev` is a chain of processes. nox does not pass SIGTERM on, and dies of it: the program learns of that
by its parent changing. Whatever ends it, it ends in the same way: `Ending.event` is set, and nothing is interrupted.
"""

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = {
    signal.SIGINT: "Ctrl-C",
    signal.SIGTERM: "SIGTERM",
    signal.SIGHUP: "the terminal was closed",
}
_PARENT_SECONDS = 0.5
"""How often the parent is looked for; a system call that costs nothing."""


class Ending:
    """Whether the program is to end, and why.

    Attributes:
        event: set when the program is to end.
        reason: why; empty until then.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self.reason = ""

    def end(self, reason: str) -> None:
        """End the program; the first reason counts."""
        if not self.event.is_set():
            self.reason = reason
            self.event.set()


@contextmanager
def watched() -> Generator[Ending]:
    """Watch, while the block runs, for what ends the program. For the main thread."""
    ending = Ending()

    def received(number: int, _frame: FrameType | None) -> None:
        ending.end(_SIGNALS[signal.Signals(number)])

    # What the caller has ignored stays ignored: SIGHUP under nohup, SIGINT for a job in the background.
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, received) for number in heeded}
    threading.Thread(target=_watch_parent, args=(ending, os.getppid()), name="watch parent", daemon=True).start()
    try:
        yield ending
    finally:
        ending.end("done")
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_parent(ending: Ending, parent: int) -> None:
    while not ending.event.wait(_PARENT_SECONDS):
        if os.getppid() != parent:
            ending.end("its parent process is gone")
