"""What is made of measurements: quantiles, and ratios of pairs that were measured side by side."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a share (0 to 1) of the values does not exceed, interpolated between neighbors."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One thing against another, measured in alternating pairs.

    What slows the machine down for a while slows both of a pair, so the median of the pairs' ratios is steadier
    than the ratio of the medians.

    Attributes:
        median: the median of the pairs' ratios.
        low: the first quartile.
        high: the third quartile.
        pairs: how many pairs.
    """

    median: float
    low: float
    high: float
    pairs: int

    @classmethod
    def of(cls, measured: Sequence[float], against: Sequence[float]) -> Self:
        """Return the ratio of values that were measured in pairs, in order."""
        ratios = [one / other for one, other in zip(measured, against, strict=True)]
        return cls(statistics.median(ratios), quantile(ratios, 0.25), quantile(ratios, 0.75), len(ratios))
