"""The invocation's remaining time bounds every network step."""

import threading
from time import monotonic

import pytest

from core import invocation


class Remaining:
    """A Lambda context with a given time left."""

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return self.milliseconds


def test_outside_an_invocation_a_step_has_its_own_time() -> None:
    """A script has no deadline but the step's."""
    assert invocation.ends() is None
    assert invocation.until(2) == pytest.approx(monotonic() + 2, abs=0.5)


def test_a_step_ends_before_the_invocation_does() -> None:
    """What is left of the invocation, less the time to answer, is all that a step gets."""
    with invocation.within(Remaining(1_000)):
        assert invocation.until(30) == pytest.approx(monotonic() + 1 - invocation.MARGIN_SECONDS, abs=0.5)
        assert invocation.until(0.1) < monotonic() + 0.5


def test_a_handler_is_bounded_and_the_next_starts_afresh() -> None:
    """The bound ends with the invocation, also when the handler fails."""

    @invocation.invocation
    def handler(event: str, _context: invocation.Context) -> str:
        assert invocation.ends() is not None
        if event == "fail":
            raise ZeroDivisionError
        return event

    assert handler("fine", Remaining(1_000)) == "fine"
    with pytest.raises(ZeroDivisionError):
        handler("fail", Remaining(1_000))
    assert invocation.ends() is None


def test_a_program_bounds_each_of_its_steps() -> None:
    """Every step has the time anew; the least of several bounds counts, and what a step takes by itself."""
    with invocation.bounded(10):
        ends = invocation.ends()
        assert ends is not None
        assert ends == pytest.approx(monotonic() + 10, abs=0.5)
        assert (invocation.ends() or 0) > ends
        with invocation.bounded(2), invocation.bounded(5):
            assert invocation.until(30) == pytest.approx(monotonic() + 2, abs=0.5)
            assert invocation.until(1) == pytest.approx(monotonic() + 1, abs=0.5)
        assert invocation.until(30) == pytest.approx(monotonic() + 10, abs=0.5)
    assert invocation.ends() is None
    assert invocation.until(30) == pytest.approx(monotonic() + 30, abs=0.5)


def test_the_invocation_ends_before_a_bound_does() -> None:
    """What runs in Lambda has no more time than it: migrations in the provision function."""
    with invocation.bounded(900), invocation.within(Remaining(1_000)):
        assert invocation.ends() == pytest.approx(monotonic() + 1 - invocation.MARGIN_SECONDS, abs=0.5)


def test_a_bound_is_the_threads_own() -> None:
    """What another thread does has its own time."""
    found: list[float | None] = []
    with invocation.bounded(1):
        other = threading.Thread(target=lambda: found.append(invocation.ends()))
        other.start()
        other.join()
    assert found == [None]
