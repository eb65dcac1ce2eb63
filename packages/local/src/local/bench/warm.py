"""Warm invocations: from an event to its response, in processes that have answered before."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from .ratios import quantile
from .sandbox import Contender, Sandbox

_BLOCK = 10
"""Invocations in a row before the next contender's turn: short against what disturbs a machine."""

_WARMING = 20
"""Invocations before any is counted: Python specializes its bytecode in the first ones."""


@dataclass(frozen=True, slots=True)
class Warm:
    """The warm invocations of one contender in one round.

    Attributes:
        p50: the median, in seconds.
        p99: the 99th percentile, in seconds.
    """

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        rounds: in each, every contender gets a new process.
        invocations: of each contender in each round.
    """

    rounds: int
    invocations: int


def measure(
    contenders: Sequence[Contender], given: Mapping[str, str], plan: Plan, step: Callable[[], None]
) -> dict[str, list[Warm]]:
    """Invoke the contenders in turns, in blocks.

    Args:
        contenders: what to measure.
        given: the environment that the functions are given.
        plan: how much.
        step: called after each round.

    Returns:
        The rounds of each contender, by its name and in order.

    Raises:
        NotMeasurableError: one does not answer that all is well.
    """
    measured: dict[str, list[Warm]] = {contender.name: [] for contender in contenders}
    for _ in range(plan.rounds):
        with ExitStack() as stack:
            sandboxes = {each.name: stack.enter_context(Sandbox(each, given)) for each in contenders}
            for name, seconds in _round(sandboxes, plan.invocations).items():
                measured[name].append(Warm(quantile(seconds, 0.5), quantile(seconds, 0.99)))
        step()
    return measured


def _round(sandboxes: Mapping[str, Sandbox], invocations: int) -> dict[str, list[float]]:
    for sandbox in sandboxes.values():
        sandbox.start()
        for _ in range(_WARMING):
            sandbox.invoke()
    turns = list(sandboxes.items())
    seconds: dict[str, list[float]] = {name: [] for name in sandboxes}
    for _ in range(-(-invocations // _BLOCK)):
        for name, sandbox in turns:
            seconds[name] += [sandbox.invoke() for _ in range(_BLOCK)]
        turns.reverse()
    return seconds
