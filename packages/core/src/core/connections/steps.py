"""Network work in steps: generators that yield what they wait for, and the one loop that waits.

A step yields `(file descriptor, events, until)` when it would block and is sent the events that are ready. The
loop waits on all of them at once, in one thread, and raises `DeadlineExceededError` inside a step whose `until`
has passed. So a deadline is kept whatever the other side does, and an abandoned step closes what it opened.
psycopg's own generators work alike, which is why PostgreSQL fits in.
"""

import select
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Generic, TypeVar

from core.errors import DeadlineExceededError

T = TypeVar("T")

READ = 1
"""Wait until there is something to read, or the other side has closed (psycopg's `Wait.R`)."""
WRITE = 2
"""Wait until something can be written (psycopg's `Wait.W`)."""

Wanted = tuple[int, int, float]
Steps = Generator[Wanted, int, T]
"""Work that ends with a T. Its `until` is a time of `time.monotonic`, in seconds."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How a step ended: with a value, or with an error.

    Attributes:
        value: what it returned; None if it failed.
        error: what it raised; None if it did not.
        at: when it ended, by `time.monotonic`.
    """

    value: T | None
    error: Exception | None
    at: float


def run(steps: Steps[T]) -> T:
    """Run one piece of work to its end and return its value, or raise its error."""
    ended = run_all([steps])[0]
    if ended.error is not None:
        raise ended.error
    return ended.value  # pyright: ignore[reportReturnType]  # with no error, it is what the generator returned


def run_all(works: Sequence[Steps[T]]) -> list[Ended[T]]:
    """Run pieces of work concurrently, each on descriptors of its own; return how each ended, in the order given.

    An interrupt (`KeyboardInterrupt`) closes all of them and passes on.
    """
    ended: dict[int, Ended[T]] = {}
    waiting: dict[int, Wanted] = {}
    try:
        for index, steps in enumerate(works):
            _resume(index, steps, None, waiting, ended)
        while waiting:
            ready = _wait(waiting.values())
            now = monotonic()
            for index, (fd, _, until) in list(waiting.items()):
                # The deadline comes first: who never stops sending would otherwise never be late.
                if now >= until:
                    _resume(index, works[index], _EXPIRED, waiting, ended)
                elif fd in ready:
                    _resume(index, works[index], ready[fd], waiting, ended)
    finally:
        for steps in works:
            steps.close()
    return [ended[index] for index in range(len(works))]


_EXPIRED = -1


def _resume(
    index: int, steps: Steps[T], ready: int | None, waiting: dict[int, Wanted], ended: dict[int, Ended[T]]
) -> None:
    """Let one piece of work go on until it waits again or ends."""
    waiting.pop(index, None)
    try:
        if ready is None:
            waiting[index] = next(steps)
        elif ready == _EXPIRED:
            waiting[index] = steps.throw(DeadlineExceededError("a network step"))
        else:
            waiting[index] = steps.send(ready)
    except StopIteration as stop:
        ended[index] = Ended(stop.value, None, monotonic())
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this work's end and no other's
        ended[index] = Ended(None, error, monotonic())


_POLLED = {READ: select.POLLIN, WRITE: select.POLLOUT, READ | WRITE: select.POLLIN | select.POLLOUT}


def _wait(wanted: Collection[Wanted]) -> dict[int, int]:
    """Wait for the first that is ready or due; return the ready file descriptors and their events."""
    poll = select.poll()
    for fd, events, _ in wanted:
        poll.register(fd, _POLLED[events])
    seconds = min(until for _, _, until in wanted) - monotonic()
    # Rounded up: a wait that ends a fraction early would only be repeated.
    ready = poll.poll(max(0, ceil(seconds * 1000)))
    return {fd: _events(mask) for fd, mask in ready}


def readable(fd: int) -> bool:
    """Return whether there is something to read at this moment, the end of the stream included."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def _events(mask: int) -> int:
    """Return the events of a poll mask; a hang-up or an error wakes both readers and writers."""
    if mask & ~(select.POLLIN | select.POLLOUT):
        return READ | WRITE
    return (READ if mask & select.POLLIN else 0) | (WRITE if mask & select.POLLOUT else 0)
