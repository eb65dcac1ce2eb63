"""Cold starts: from the start of a process to its first answer."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .sandbox import Contender, Sandbox


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One cold start.

    Attributes:
        init: seconds from the start of the process until it asks for an event: the interpreter and the imports.
        first: seconds that the first invocation takes: connecting, signing in, and what a warm one takes.
    """

    init: float
    first: float

    @property
    def total(self) -> float:
        """Seconds from the start of the process to its first answer."""
        return self.init + self.first


def measure(
    contenders: Sequence[Contender], given: Mapping[str, str], rounds: int, step: Callable[[], None]
) -> dict[str, list[ColdStart]]:
    """Start each contender once in each round, in turns forward and backward.

    Args:
        contenders: what to measure.
        given: the environment that the functions are given.
        rounds: how often.
        step: called after each round.

    Returns:
        The cold starts of each contender, by its name and in the order of the rounds.

    Raises:
        NotMeasurableError: one does not answer that all is well.
    """
    measured: dict[str, list[ColdStart]] = {contender.name: [] for contender in contenders}
    for index in range(rounds):
        for contender in contenders if index % 2 == 0 else reversed(contenders):
            with Sandbox(contender, given) as sandbox:
                init = sandbox.start()
                measured[contender.name].append(ColdStart(init, sandbox.invoke()))
        step()
    return measured


def parts(measured: Mapping[str, Sequence[ColdStart]], ours: str, runtime: str, driver: str) -> dict[str, float]:
    """Return where the time of our cold start goes: milliseconds by what they are spent on.

    Like the ratios, a difference is the median of those of the rounds.

    Args:
        measured: the cold starts.
        ours: the name of what is taken apart.
        runtime: the name of a function that does nothing.
        driver: the name of a function that loads psycopg and does nothing.
    """

    def beyond(name: str, other: str) -> float:
        rounds = zip(measured[name], measured[other], strict=True)
        return statistics.median(one.init - less.init for one, less in rounds) * 1000

    return {
        "the interpreter and the runtime client": statistics.median(s.init for s in measured[runtime]) * 1000,
        "loading psycopg": beyond(driver, runtime),
        "loading ours": beyond(ours, driver),
        "the first invocation: connecting and asking": statistics.median(s.first for s in measured[ours]) * 1000,
    }
