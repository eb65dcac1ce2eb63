"""The bench itself, in few rounds, on genuine engines."""

import io
import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from local.bench import report, start, suite
from local.bench.__main__ import main
from local.bench.bundles import open_workshop
from local.bench.engines import DELAY, Reach, delayed
from local.bench.errors import BenchEndedError
from local.bench.findings import Finding, Goal, Line
from local.bench.pace import Pace
from local.bench.ratios import Ratio
from local.ending import Ending
from local.testing.plugin import stage_for

if TYPE_CHECKING:
    from local.stage import Stage

PEERS = ("FastAPI, Mangum, SQLAlchemy", "Powertools, official clients", "naive official clients")


@pytest.fixture(scope="module")
def field() -> suite.Field:
    """Everything that is measured, built once."""
    return suite.Field.built(open_workshop())


@pytest.fixture(scope="module")
def own_stage(pytestconfig: pytest.Config) -> "Generator[Stage]":
    """Return a stage of the bench's own: while it is connected to the shared one's database, nobody could clone it."""
    with stage_for(pytestconfig, "bench", "opensearch", "postgres", "redis") as started:
        for error in started.failures.values():
            raise error
        yield started


@pytest.mark.engines
@pytest.mark.network
@pytest.mark.timeout(600)
def test_everything_is_measured_side_by_side(field: suite.Field, own_stage: "Stage") -> None:
    """Ours, the floor and each peer answer that all is well, near and far, and each goal of the design is decided."""
    reach = Reach.of(own_stage)
    amount = suite.Amount(rounds=1, peer_rounds=1, invocations=10, starts=0)
    steps: list[str] = []
    found = [suite.loaded_modules(field, reach.given(signed=True), steps.append)]
    found += suite.cold_starts(field, reach.given(), amount, steps.append)
    with delayed(reach) as far:
        found += suite.warm_invocations(field, far.given(), amount, "far", steps.append)

    counted, cold, parts, p50, p99 = found
    for finding in (counted, cold, p50, p99):
        assert {"ours", "floor", *PEERS} <= {line.name for line in finding.lines}
        assert all(line.figure > 0 for line in finding.lines)
    assert min(line.figure for line in p50.lines) >= DELAY * 1000
    assert len(parts.lines) == 4
    # Against the floor, and each of the three peers.
    assert [len(finding.goals) for finding in found] == [2, 4, 0, 4, 4]
    assert steps


@pytest.fixture
def finding() -> Finding:
    """One of each kind of line, a goal reached and one missed."""
    goals = Goal("near", "at most 2", "1", met=True), Goal("far", "at most 2", "3", met=False)
    lines = Line("floor", 1.5), Line("ours", 1.75, Ratio(1.166, 1.1, 1.2, 15), "the floor"), Line("n", 3, note="noted")
    return Finding("warm", "ms", lines, goals)


def test_findings_are_shown_with_what_they_are_compared_to(finding: Finding) -> None:
    """A person reads the figures, the ratio with its quartiles and pairs, and plainly which goal is missed."""
    output = io.StringIO()
    console = Console(file=output, width=120)
    report.show(console, finding)
    report.show_goals(console, finding.goals)
    text = output.getvalue()
    for expected in ("1.75", "1.166", "1.10 to 1.20", "the floor, 15", "noted", "1 of 2 goals are reached, 1 missed"):
        assert expected in text
    missed = next(line for line in text.splitlines() if "far" in line)
    assert "no" in missed.split()


def test_findings_are_written_whole(finding: Finding, tmp_path: Path) -> None:
    """A program finds every figure, ratio and goal in the JSON."""
    report.write(tmp_path / "new" / "bench.json", {"machine": "this"}, [finding])
    document = json.loads((tmp_path / "new" / "bench.json").read_text())
    assert document["machine"] == "this"
    written = document["findings"][0]
    assert written["lines"][1] == {
        "name": "ours",
        "figure": 1.75,
        "ratio": {"median": 1.166, "low": 1.1, "high": 1.2, "pairs": 15},
        "against": "the floor",
        "note": "",
    }
    assert [goal["met"] for goal in written["goals"]] == [True, False]


def test_a_part_that_does_not_exist_gives_a_usage_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who mistypes sees how it is called and what there is, and exit code 2."""
    with pytest.raises(SystemExit) as caught:
        main(["hot"])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "usage: nox -s bench --" in said
    assert "choose from modules, cold, warm, start" in said


@pytest.mark.engines
def test_the_start_of_a_stage_in_use_is_not_measured(own_stage: "Stage") -> None:
    """Engines that run already would make a start look fast, so the error says who uses them and what to do."""
    with pytest.raises(start.StageBusyError, match=r"tests .+ uses the stage .+nox -s bench -- start"):
        start.measure(own_stage.directory, 1, lambda _: None)


def test_an_end_that_was_asked_for_ends_the_bench_between_rounds() -> None:
    """After Ctrl-C no further round is measured, and the error says that the bench did not come to its end."""
    ending = Ending()
    output = io.StringIO()
    with Pace(Console(file=output, width=120), ending) as pace:
        pace.step("cold")
        pace.step("cold")
        ending.end("Ctrl-C")
        with pytest.raises(BenchEndedError, match="Ctrl-C"):
            pace.step("cold")
    assert output.getvalue().count("measuring cold") == 1
