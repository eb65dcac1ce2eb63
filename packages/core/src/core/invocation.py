"""The invocation under way: how much time it has left, for every network step made in it.

An execution environment serves one request at a time, so there is one invocation, and a module variable holds it.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from time import monotonic
from typing import Protocol, TypeVar

MARGIN_SECONDS = 0.25
"""What a network step leaves of the invocation, so that the handler can still answer that it failed."""


class Context(Protocol):
    """What is used of the context object that Lambda gives a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


_ends: float | None = None
_number = 0

E = TypeVar("E")
R = TypeVar("R")


@contextmanager
def within(context: Context) -> Generator[None]:
    """Bound every network step of the block by the time that the invocation has left."""
    global _ends, _number  # noqa: PLW0603  # one invocation at a time, by Lambda's contract
    _number += 1
    _ends = monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS
    try:
        yield
    finally:
        _ends = None


def invocation(handler: Callable[[E, Context], R]) -> Callable[[E, Context], R]:
    """Make a Lambda handler whose network steps keep within the invocation's time."""

    @wraps(handler)
    def bounded(event: E, context: Context) -> R:
        with within(context):
            return handler(event, context)

    return bounded


def ends() -> float | None:
    """Return when network steps must have ended (`time.monotonic`, seconds); None outside an invocation."""
    return _ends


def number() -> int:
    """Return which invocation of this environment it is, from 1; outside of one, the last."""
    return _number


def until(seconds: float) -> float:
    """Return the deadline of a step that may take `seconds`, or less if the invocation ends before."""
    own = monotonic() + seconds
    return own if _ends is None else min(own, _ends)
