"""What ends a program of the local stage: Ctrl-C, SIGTERM, a closed terminal, or its parent being gone.

`uv run nox -s dev` is a chain of processes. nox does not pass SIGTERM on, and dies of it: the program learns of that
by its parent changing. Whatever ends it, it ends in the same way: `Ending.event` is set, and nothing is interrupted.
"""

import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = {
    signal.SIGINT: "Ctrl-C",
    signal.SIGQUIT: "Ctrl-\\",  # uv and nox die of it
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
        self._wanted: list[Callable[[], object]] = []

    def end(self, reason: str) -> None:
        """End the program; the first reason counts."""
        # A signal's handler may interrupt this very method, and `set` waits for itself then: it is not called twice.
        if not self.reason:
            self.reason = reason
            self.event.set()

    def on_end(self, do: Callable[[], object]) -> None:
        """Have something done, in another thread, when the program is to end; at once if it is already.

        Args:
            do: makes what the main thread waits for give up, such as `Stage.cancel`; it may be called twice.
        """
        self._wanted.append(do)
        if self.event.is_set():
            do()

    def watch(self, parent: int) -> None:
        """Wait until the program is to end, because of `parent` or for another reason, and have done what is to be."""
        while not self.event.wait(_PARENT_SECONDS):
            if os.getppid() != parent:
                self.end("its parent process is gone")
        for do in self._wanted:
            do()


@contextmanager
def watched() -> Generator[Ending]:
    """Watch, while the block runs, for what ends the program. For the main thread."""
    ending = Ending()

    def received(number: int, _frame: FrameType | None) -> None:
        ending.end(_SIGNALS[signal.Signals(number)])

    # What the caller has ignored stays ignored: SIGHUP under nohup, SIGINT for a job in the background.
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, received) for number in heeded}
    threading.Thread(target=ending.watch, args=(os.getppid(),), name="watch parent", daemon=True).start()
    try:
        yield ending
    finally:
        ending.end("done")
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupts_left_alone() -> Generator[None]:
    """Take no note of Ctrl-C while the block runs: it is for a child, which gets it itself. For the main thread."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _pass_by)  # SIG_IGN would be inherited by the child
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _pass_by(_number: int, _frame: FrameType | None) -> None:
    """Do nothing about a signal."""
