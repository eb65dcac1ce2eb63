"""Running steps in order, each within its own time, with a line for a person before and after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from core import CoreError, invocation
from db.errors import DbError

from .errors import StepFailedError

Say = Callable[[str], object]
"""Takes a line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A part of provisioning that may be run again.

    Attributes:
        name: its name.
        seconds: how long it may take.
        least: how much of the invocation's time those before it leave to it, in seconds.
        work: does it until a time of `time.monotonic`, and returns in words what it has done.
    """

    name: str
    seconds: float
    work: Callable[[float], str]
    least: float = 0.0


def run_steps(steps: Sequence[Step], say: Say) -> dict[str, str]:
    """Run steps, each once the one before it has succeeded; return what each has done, by its name.

    Args:
        steps: in their order.
        say: takes a line before and after each.

    Raises:
        StepFailedError: one failed; its cause is the error.
    """
    done: dict[str, str] = {}
    for number, step in enumerate(steps, 1):
        say(f"{step.name}: begins")
        began = monotonic()
        try:
            until = _until(step, steps[number:])
            # It bounds each statement too.
            with invocation.bounded(max(0.0, until - began)):
                done[step.name] = step.work(until)
        except (DbError, CoreError) as error:
            raise StepFailedError(step.name, str(error)) from error
        say(f"{step.name}: {done[step.name]} ({monotonic() - began:.1f} s)")
    return done


def _until(step: Step, later: Sequence[Step]) -> float:
    """Return when a step must be done (`time.monotonic`)."""
    own, ends = invocation.until(step.seconds), invocation.ends()
    return own if ends is None else min(own, ends - sum(each.least for each in later))
