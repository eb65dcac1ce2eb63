"""What `migrate` takes when there is nothing to do, from the start of a process to its end."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from core import Postgres, Resources
from db.migrating import upgrade

from .errors import NotMeasurableError
from .findings import Finding, Line
from .ratios import Ratio

_FLOOR: Final = "psycopg, connected: the floor"
_AGAIN: Final = "the same again: the noise"
_AT_HEAD: Final = "is it at head? without Alembic"
_UPGRADE: Final = "upgrade, with Alembic"

_CONNECT: Final = """
from core import Resource
from core.connections.postgres import connection
connection(Resource.MyPostgres).execute("SELECT 1")
"""
_PROGRAMS: Final[Mapping[str, str]] = {
    "an interpreter alone": "pass",
    _FLOOR: _CONNECT,
    _AGAIN: _CONNECT,
    _AT_HEAD: """
from core import Resource
from db.migrating import is_at_head
raise SystemExit(not is_at_head(Resource.MyPostgres))
""",
    _UPGRADE: """
from core import Resource
from db.migrating import upgrade
raise SystemExit(bool(upgrade(Resource.MyPostgres).applied))
""",
}
"""What is run by each process. `dev` asks the fourth, and does the last only if it is not; the session `migrate` always
does the last, which also grants the application its rights anew."""


def measure(link: Postgres, rounds: int, step: Callable[[str], None]) -> Finding:
    """Bring a database to head, then run each program in turns.

    Args:
        link: an empty database, as its owner.
        rounds: how often.
        step: called after each round.

    Raises:
        NotMeasurableError: a program failed, or found something to do.
        MigrationError: the database can't be brought to head.
    """
    title = "migrate with nothing to do, process start to end"
    upgrade(link)
    environment = {**os.environ, **Resources.MyPostgres.encode(link)}
    measured: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    for index in range(rounds):
        for name in _PROGRAMS if index % 2 == 0 else reversed(_PROGRAMS):
            measured[name].append(_run(name, environment))
        step(title)
    lines = [
        Line(name, statistics.median(seconds) * 1000, Ratio.of(seconds, measured[_FLOOR]), "the floor")
        for name, seconds in measured.items()
    ]
    return Finding(title, "ms", tuple(lines))


def _run(name: str, environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        (sys.executable, "-c", _PROGRAMS[name]),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is for the bench, which ends it in order
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise NotMeasurableError(name, done.stderr.strip() or f"it ended with {done.returncode}")
    return seconds
