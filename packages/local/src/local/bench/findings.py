"""What a part of the bench has found, as data: printed as tables, and written as JSON."""

from dataclasses import dataclass, field

from .ratios import Ratio


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing.

    Attributes:
        name: what was measured.
        figure: the figure, in the unit of its finding.
        ratio: how it compares in pairs, or None.
        against: with what it is compared.
        note: what else is to be known of it.
    """

    name: str
    figure: float
    ratio: Ratio | None = None
    against: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the design, and whether it is reached.

    Attributes:
        what: what is to be reached.
        limit: the bound, in words.
        reached: the figure, in words.
        met: whether it is within the bound.
    """

    what: str
    limit: str
    reached: str
    met: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part of the bench has found.

    Attributes:
        title: what was measured, and how often.
        unit: of the figures.
        lines: the figures.
        goals: the goals that they decide.
    """

    title: str
    unit: str
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...] = field(default=())


def at_most(what: str, ratio: Ratio, limit: float, noise: Ratio | None = None) -> Goal:
    """Return the goal that a ratio is at most a limit; with `noise`, beyond it.

    The noise is how far from 1 the ratio of equals comes out: what differs by less does not differ.
    """
    allowed = limit if noise is None else limit * max(noise.median, 1 / noise.median)
    words = f"at most {limit:g}" + ("" if noise is None else f" x noise = {allowed:.3f}")
    return Goal(what, words, f"{ratio.median:.3f}", ratio.median <= allowed)


def ahead(what: str, ratio: Ratio) -> Goal:
    """Return the goal that something takes longer than ours; `ratio` is of its time to ours."""
    return Goal(what, "more than 1 x ours", f"{ratio.median:.2f} x ours", ratio.median > 1)
