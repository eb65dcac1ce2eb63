"""What is made of measurements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.bench.findings import ahead, at_most
from local.bench.ratios import Ratio, quantile

seconds = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=50)


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.25, 2), (0.5, 3), (0.9, 4.6), (1, 5)])
def test_a_quantile_lies_between_its_neighbors(share: float, expected: float) -> None:
    """Whatever the order of the values, the quantile is interpolated between the two beside it."""
    assert quantile([5, 3, 1, 4, 2], share) == pytest.approx(expected)


@given(seconds, st.floats(0, 1))
def test_a_quantile_is_never_outside_of_what_was_measured(values: list[float], share: float) -> None:
    """No quantile is lower than the lowest or higher than the highest value."""
    assert min(values) <= quantile(values, share) <= max(values)


@given(seconds, st.floats(0.1, 10))
def test_the_ratio_of_multiples_is_the_factor(values: list[float], factor: float) -> None:
    """What always takes so many times as long has that ratio, with no spread."""
    ratio = Ratio.of([value * factor for value in values], values)
    assert ratio.median == pytest.approx(factor)
    assert ratio.low == pytest.approx(factor)
    assert ratio.high == pytest.approx(factor)
    assert ratio.pairs == len(values)


def test_a_slow_machine_does_not_change_a_ratio() -> None:
    """Pairs measured while everything took ten times as long count as the others do."""
    calm, busy = [1.0, 1.0, 1.0], [10.0, 10.0]
    assert Ratio.of([2.0, 2.0, 2.0, 20.0, 20.0], calm + busy).median == 2.0


def test_pairs_must_be_whole() -> None:
    """A value without its partner is an error, never left out."""
    with pytest.raises(ValueError, match="shorter"):
        Ratio.of([1.0, 2.0], [1.0])


def ratio(median: float) -> Ratio:
    """Return a ratio of which only the median counts."""
    return Ratio(median, median, median, 15)


@pytest.mark.parametrize(
    ("median", "noise", "met"),
    [(1.25, None, True), (1.26, None, False), (1.3, 1.05, True), (1.3, 1 / 1.05, True), (1.32, 1.05, False)],
)
def test_a_goal_is_met_up_to_its_limit_beyond_the_noise(median: float, noise: float | None, *, met: bool) -> None:
    """Noise widens the limit by as much as equals differ, whichever of them was slower."""
    goal = at_most("it", ratio(median), 1.25, None if noise is None else ratio(noise))
    assert goal.met is met


@pytest.mark.parametrize(("median", "met"), [(1.001, True), (1.0, False), (0.9, False)])
def test_to_be_ahead_is_to_be_faster(median: float, *, met: bool) -> None:
    """A peer that takes as long as ours is not behind it."""
    assert ahead("it", ratio(median)).met is met
