"""The parts of the bench on the database, each of which returns a finding."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from db.errors import DbError
from local.databases import scratch_databases
from local.ending import Ending
from local.stage import Stage, Watcher

from . import migrate, overhead, pool
from .errors import NotMeasurableError
from .findings import Finding
from .suite import Amount, Step

PARTS = ("pool", "engine", "migrate")
"""What can be measured: many environments on few connections, what `db.engine` costs, `migrate` with nothing to do."""


@contextmanager
def database(folder: Path, watcher: Watcher, ending: Ending) -> Generator[Stage]:
    """Run a PostgreSQL of the bench's own, beside that of `dev`, while the block runs.

    Raises:
        LocalError: it does not start.
        CancelledError: `ending` has ended its start.
    """
    stage = Stage(folder, user="bench", engines=("postgres",), watcher=watcher)
    ending.on_end(stage.cancel)
    with stage:
        yield stage


def measure(parts: frozenset[str], stage: Stage, amount: Amount, step: Step) -> Iterator[Finding]:
    """Measure the parts that are asked for.

    Raises:
        LocalError: one can't be measured.
    """
    if "pool" in parts:
        yield pool.measure(stage, amount.environments, step)
    if "engine" in parts:
        with scratch_databases(stage) as (link,):
            yield overhead.measure(link, amount.rounds, amount.invocations, step)
    if "migrate" in parts:
        with scratch_databases(stage) as (link,):
            try:
                yield migrate.measure(link, amount.rounds, step)
            except DbError as error:
                raise NotMeasurableError("migrate", str(error)) from error
