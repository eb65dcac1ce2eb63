"""The invocation under way: how much time it has left, for every network step made in it.

An execution environment serves one request at a time, so there is one invocation, and a module variable holds it.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
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
_step: ContextVar[float | None] = ContextVar("step", default=None)
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


@contextmanager
def bounded(seconds: float) -> Generator[None]:
    """Bound every network step of the block by `seconds`, each by itself.

    It is for programs that no invocation ends, such as migrations on a laptop, so that a frozen server is an error
    there too. Blocks within blocks keep to the least, and the invocation's own end still counts. It is for this
    thread only.
    """
    outer = _step.get()
    before = _step.set(seconds if outer is None else min(outer, seconds))
    try:
        yield
    finally:
        _step.reset(before)


def ends() -> float | None:
    """Return when a network step that begins now must have ended (`time.monotonic`, seconds).

    None where there is neither an invocation nor another bound.
    """
    step = _step.get()
    return _ends if step is None else until(step)


def number() -> int:
    """Return which invocation of this environment it is, from 1; outside of one, the last."""
    return _number


def until(seconds: float) -> float:
    """Return the deadline of a step that may take `seconds`, or less if the invocation ends before."""
    step = _step.get()
    own = monotonic() + (seconds if step is None else min(seconds, step))
    return own if _ends is None else min(own, _ends)
