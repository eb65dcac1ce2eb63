"""The bench of `synth`, with one stage."""

from pathlib import Path

import pytest

from local.bench import synth
from local.bench.errors import NotMeasurableError

ROOT = Path(__file__).parents[4]

pytestmark = [pytest.mark.slow, pytest.mark.network]


def test_it_tells_what_takes_the_time() -> None:
    """The phases are parts of the whole, and together no longer than it."""
    steps = list[str]()
    finding = synth.measure(ROOT, 1, steps.append, ("dev",))
    figures = {line.name: line.figure for line in finding.lines}
    phases = [figure for name, figure in figures.items() if name.startswith("of which ")]
    assert len(phases) == 4
    assert min(phases) > 0
    assert figures["all of them"] == figures["synth of dev"]
    assert steps == [finding.title]


def test_what_fails_is_not_measured() -> None:
    """A stage that can't be synthesized is an error that says why."""
    with pytest.raises(NotMeasurableError, match="no name of a stage"):
        synth.measure(ROOT, 1, print, ("No",))
