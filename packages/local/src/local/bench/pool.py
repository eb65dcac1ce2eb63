"""Many execution environments on few server connections: does every request get its answer?"""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Final

from core import Postgres, Resources, invocation
from core.connections import postgres
from core.connections.steps import run
from local.databases import scratch_databases
from local.engines import PgBouncerMissingError, find_pgbouncer
from local.pooling import pooled
from local.stage import Stage

from .crowd import TABLE, Crowd, Went, gather
from .findings import Finding, Goal, Line
from .ratios import quantile

CONNECTIONS: Final = 100
"""What the pooler opens to PostgreSQL at most; on AWS RDS Proxy, by its share of `max_connections`."""
MAX_CONNECTIONS: Final = 125
"""PostgreSQL's `max_connections`, as in the parameter group on AWS: a fifth is for others than the pooler."""
LIMIT_SECONDS: Final = 120.0
"""How long all requests may take."""
REQUESTS: Final = 5
"""Requests of each environment."""


def measure(stage: Stage, environments: int, step: Callable[[str], None]) -> Finding:
    """Let the environments all begin at the same moment, each with no connection yet; count what gets an answer.

    Args:
        stage: a stage whose PostgreSQL nobody else uses: it is restarted if it takes too few connections.
        environments: how many.
        step: called when it is done.

    Returns:
        The finding; where PgBouncer is not installed, a goal that is missed for that reason.

    Raises:
        LocalError: PgBouncer or the environments could not be started.
    """
    if find_pgbouncer() is None:
        return _not_measured(environments)
    _take_many_connections(stage)
    clients = 2 * environments
    with scratch_databases(stage) as (owner,), pooled(stage, connections=CONNECTIONS, clients=clients) as pooler:
        with closing(_connect(owner)) as connection:
            connection.execute(TABLE.encode())
        went = gather(Crowd(pooler.through(owner).encode(), environments, REQUESTS))
        with closing(_connect(owner)) as connection:
            found = connection.execute("SELECT count(*) FROM requests").fetchone()
    step("environments on few connections")
    return judge(went, environments, written=0 if found is None else int(found[0]))


def _not_measured(environments: int) -> Finding:
    served = _served(environments)
    reason = str(PgBouncerMissingError())
    return Finding(served, "ms", (), (Goal(f"{served}: lost requests", "none", f"not measured: {reason}", met=False),))


def judge(went: Went, environments: int, *, written: int) -> Finding:
    """Return what is found of how a crowd went, every lost request and every error a goal missed.

    Args:
        went: how it went.
        environments: how many there were.
        written: how many rows are there in the end.
    """
    wanted = environments * REQUESTS
    failed = Counter(went["errors"])
    errors = "; ".join(f"{count} x {error}" for error, count in failed.most_common(3)) or "none"
    answered = len(went["first"]) + len(went["further"])
    lost = wanted - min(written, answered)
    served = _served(environments)
    lines = (
        *_quantiles("the first request of each, which connects", went["first"]),
        *_quantiles("the others, all at once", went["further"]),
        Line("all requests", went["total"] * 1000, note=f"{answered} of {wanted} answered"),
    )
    goals = (
        Goal(f"{served}: errors", "none", errors, not failed),
        Goal(f"{served}: lost requests", "none", f"{lost} of {wanted}", lost == 0),
        Goal(f"{served}: time", f"at most {LIMIT_SECONDS:g} s", f"{went['total']:.1f} s", _in_time(went)),
    )
    return Finding(f"{served}, each request a transaction", "ms", lines, goals)


def _served(environments: int) -> str:
    return f"{environments} environments on {CONNECTIONS} connections"


def _quantiles(what: str, seconds: list[float]) -> tuple[Line, ...]:
    return tuple(
        Line(f"{what}: p{share:.0%}"[:-1], quantile(seconds, share) * 1000) for share in (0.5, 0.99) if seconds
    )


def _in_time(went: Went) -> bool:
    return went["total"] <= LIMIT_SECONDS


def _take_many_connections(stage: Stage) -> None:
    """Let PostgreSQL take as many connections as on AWS; its setting is read at a start only."""
    admin = replace(stage.postgres(Resources.MyPostgres, "admin"), database="postgres")
    with closing(_connect(admin)) as connection:
        found = connection.execute("SHOW max_connections").fetchone()
        few = found is None or int(found[0]) < MAX_CONNECTIONS
        if few:
            connection.execute(f"ALTER SYSTEM SET max_connections = {MAX_CONNECTIONS}".encode())
    if few:
        stage.engine("postgres").stop()
        stage.engine("postgres").start()


def _connect(link: Postgres) -> postgres.Connection:
    return run(postgres.connect(link, invocation.until(postgres.CONNECT_SECONDS)))
