"""The parts of the bench on the database, in few rounds, on a genuine PostgreSQL."""

import dataclasses
import socket
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from core import Postgres, Resources
from core.connections.postgres import close_connections
from local.bench import database, migrate, overhead, pool, suite
from local.bench.crowd import Crowd, gather
from local.bench.errors import NotMeasurableError
from local.databases import scratch_databases
from local.engines import find_pgbouncer
from local.testing.plugin import stage_for

if TYPE_CHECKING:
    from local.stage import Stage

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def own_stage(pytestconfig: pytest.Config, worker: str) -> "Generator[Stage]":
    """Return a stage of this worker's own: the bench restarts its PostgreSQL, to have enough connections."""
    with stage_for(pytestconfig, f"bench-{worker}", "postgres") as started:
        yield started


@pytest.fixture
def link(own_stage: "Stage") -> Generator[Postgres]:
    """Return a link to an empty database, as its owner."""
    with scratch_databases(own_stage) as (made,):
        yield made
    close_connections()


def test_every_part_gives_a_finding(own_stage: "Stage") -> None:
    """Each of them, in the least amount: every figure is there, and no request is lost."""
    if find_pgbouncer() is None:
        pytest.skip("PgBouncer is not installed: `apt-get install pgbouncer`, or `brew install pgbouncer`")
    amount = suite.Amount(rounds=1, peer_rounds=0, invocations=10, starts=0, environments=20)
    steps: list[str] = []
    found = list(database.measure(frozenset(database.PARTS), own_stage, amount, steps.append))
    served, engine, migrated = found
    assert [goal.met for goal in served.goals] == [True, True, True]
    assert "0 of 100" in [goal.reached for goal in served.goals]
    assert [len(finding.lines) for finding in found] == [5, 9, 5]
    assert all(line.figure > 0 for finding in found for line in finding.lines)
    assert all(line.ratio is not None for line in (*engine.lines[1::3], *engine.lines[2::3], *migrated.lines))
    assert steps


def test_bare_psycopg_and_the_engine_do_the_same(link: Postgres) -> None:
    """What is compared returns the same, and writes the same."""
    overhead.measure(link, 1, 1, lambda _: None)
    for work in overhead.works(link):
        bare, ours = work.bare(), work.ours()
        assert isinstance(bare, tuple), work.name
        assert bare == ours, work.name


def test_requests_that_fail_are_counted_and_said(link: Postgres) -> None:
    """A crowd that reaches nothing has lost every request, and the finding says so, and why."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nowhere = dataclasses.replace(link, port=nobody.getsockname()[1])
        went = gather(Crowd(nowhere.encode(), environments=3, requests=pool.REQUESTS))
    assert len(went["errors"]) == 3 * pool.REQUESTS
    finding = pool.judge(went, 3, written=0)
    missed = {goal.what.rpartition(": ")[2]: goal.reached for goal in finding.goals if not goal.met}
    assert missed.keys() == {"errors", "lost requests"}
    assert "Connection refused" in missed["errors"]
    assert missed["lost requests"] == "15 of 15"


def test_a_row_that_is_missing_is_a_lost_request() -> None:
    """An answer is not believed: the rows are counted."""
    finding = pool.judge({"total": 1.0, "first": [0.1], "further": [0.1] * 4, "errors": []}, 1, written=4)
    assert [(goal.reached, goal.met) for goal in finding.goals] == [("none", True), ("1 of 5", False), ("1.0 s", True)]


def test_without_pgbouncer_the_goal_is_missed_for_that_reason(
    own_stage: "Stage", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other parts are measured all the same, and nobody takes silence for success."""
    monkeypatch.setattr(pool, "find_pgbouncer", lambda: None)
    (goal,) = pool.measure(own_stage, 500, lambda _: None).goals
    assert not goal.met
    assert "apt-get install pgbouncer" in goal.reached


def test_a_migration_that_can_not_be_measured_is_an_error(link: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that fails took no time worth knowing; its error is shown."""

    def broken(_: Postgres) -> dict[str, str]:
        return {Resources.MyPostgres.variable: "{}"}

    monkeypatch.setattr(Resources.MyPostgres, "encode", broken)
    with pytest.raises(NotMeasurableError, match="malformed"):
        migrate.measure(link, 1, lambda _: None)
