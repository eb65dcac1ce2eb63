"""Running steps: in order, each within its time, and none after one that failed."""

from time import monotonic

import pytest

from core import ConnectionFailedError, invocation
from db.provisioning import ProvisioningError, Step, StepFailedError, run_steps


class Remaining:
    """A Lambda context with a given time left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return round((self.seconds + invocation.MARGIN_SECONDS) * 1000)


def step(name: str, times: dict[str, float], *, seconds: float = 60, least: float = 0) -> Step:
    """Return a step that notes until when it may work."""

    def work(until: float) -> str:
        times[name] = until - monotonic()
        return f"{name} is done"

    return Step(name=name, seconds=seconds, least=least, work=work)


def test_steps_run_in_order_and_tell_what_they_did() -> None:
    """The answer has what each has done."""
    done = run_steps([step("one", {}), step("two", {})], print)
    assert list(done.items()) == [("one", "one is done"), ("two", "two is done")]


def test_a_step_leaves_those_after_it_their_least() -> None:
    """Migrations may take nearly all of the time, but the search roles are still to come."""
    times: dict[str, float] = {}
    steps = [step("one", times, seconds=540), step("two", times, least=40), step("three", times, least=10)]
    with invocation.within(Remaining(300)):
        run_steps(steps, print)
    assert 240 < times["one"] <= 250
    assert 50 < times["two"] <= 60
    run_steps(steps, print)
    assert 530 < times["one"] <= 540


@pytest.mark.parametrize("error", [ProvisioningError("why"), ConnectionFailedError("closed", "why")])
def test_none_is_run_after_one_that_failed(error: Exception) -> None:
    """The reason names the step."""
    times: dict[str, float] = {}

    def fail(_until: float) -> str:
        raise error

    steps = [step("one", times), Step(name="two", seconds=1, work=fail), step("three", times)]
    with pytest.raises(StepFailedError, match="two: why") as raised:
        run_steps(steps, print)
    assert raised.value.__cause__ is error
    assert set(times) == {"one"}


def test_a_network_step_of_a_step_keeps_within_its_time() -> None:
    """Whatever it asks for by itself."""
    ends: list[float | None] = []

    def work(_until: float) -> str:
        ends.append(invocation.ends())
        return ""

    run_steps([Step(name="one", seconds=5, work=work)], print)
    assert ends[0] is not None
    assert ends[0] <= monotonic() + 5
