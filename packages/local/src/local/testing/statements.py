"""The statements that PostgreSQL has executed, taken from its own log: whoever sent them, and through whatever."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Final

from core import Postgres, Resources, invocation
from core.connections import postgres
from core.connections.steps import run
from local.errors import LocalError

if TYPE_CHECKING:
    from local.stage import Stage

_SETTINGS: Final = {
    "log_line_prefix": "at=%p db=%d as=%u ",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "0",  # what a statement is about is none of the log's business
}
_LOCK: Final = 5_071_985_447
"""The advisory lock that recorders share, in the database `postgres`: the last of them ends the logging."""
_SECONDS: Final = 10.0
"""How long PostgreSQL may take to read its settings."""
_POLL: Final = 0.01


class NotLoggedError(LocalError):
    """PostgreSQL does not log statements though it was told to."""

    def __init__(self) -> None:
        super().__init__(
            f"PostgreSQL has not read its settings within {_SECONDS:g} s, so its statements can't be recorded:"
            " is it frozen?"
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as PostgreSQL received it.

    Attributes:
        text: its text; of a simple query, which may hold several statements, the whole of it.
        prepared: the name of the prepared statement that a message of the extended protocol made or used; None for
            the unnamed one and for a simple query.
        failed: whether it ended in an error.
        database: the database that it was for.
        user: who sent it.
    """

    text: str
    prepared: str | None = None
    failed: bool = False
    database: str = ""
    user: str = ""


@contextmanager
def recorded(stage: "Stage", *databases: str) -> Generator[list[Statement]]:
    """Record what PostgreSQL executes while the block runs.

    Args:
        stage: a stage whose PostgreSQL runs; it may be one that others use at the same time.
        databases: the names of those whose statements are wanted; every one's if none is named.

    Yields:
        A list that holds the statements, in the order of the log, once the block has ended.

    Raises:
        NotLoggedError: PostgreSQL does not log them.
    """
    log = stage.engine("postgres").definition.site.log
    statements: list[Statement] = []
    with _logging(stage), log.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        yield statements
        text = _rest(stream, log)
    statements += [each for each in read(text) if not databases or each.database in databases]


def read(log: str) -> Iterator[Statement]:
    """Return the statements in a log that was written with the settings of `recorded`."""
    for entry in _ENTRY.finditer(log):
        said = entry["said"].replace("\n\t", "\n")  # the log indents every line of an entry but its first
        if entry["kind"] == "STATEMENT":
            yield Statement(said, None, failed=True, database=entry["database"], user=entry["user"])
        elif entry["kind"] == "LOG" and (timed := _TIMED.fullmatch(said)):
            name = (timed["name"] or _UNNAMED).partition("/")[0]  # a portal's name comes behind the statement's
            # Of the unnamed statement the Parse is enough: Bind and Execute repeat its text.
            if timed["message"] in ("statement", "parse") or name != _UNNAMED:
                prepared = None if name == _UNNAMED else name
                yield Statement(timed["text"], prepared, database=entry["database"], user=entry["user"])


_ENTRY = re.compile(
    r"^at=\d+ db=(?P<database>\S*) as=(?P<user>\S*) (?P<kind>[A-Z]+):  (?P<said>.*(?:\n\t.*)*)$", re.MULTILINE
)
_TIMED = re.compile(
    r"duration: [\d.]+ ms  (?P<message>statement|parse|bind|execute)(?: fetch from)?(?: (?P<name>.+?))?: (?P<text>.*)",
    re.DOTALL,
)
_UNNAMED: Final = "<unnamed>"


def _rest(stream: IO[bytes], log: Path) -> str:
    """Return what was added to the log; a restart of PostgreSQL has begun a new one."""
    added = stream.read()
    if not os.path.samestat(os.fstat(stream.fileno()), log.stat()):
        added += log.read_bytes()
    return added.decode(errors="replace")


@contextmanager
def _logging(stage: "Stage") -> Generator[None]:
    admin = replace(stage.postgres(Resources.MyPostgres, "admin"), database="postgres")
    try:
        with closing(_connect(admin)) as holding:
            holding.execute("SELECT pg_advisory_lock_shared(%s)", [_LOCK])
            _alter(holding, [f"SET {name} = '{value}'" for name, value in _SETTINGS.items()])
            _wait(admin)
            yield
    finally:
        with closing(_connect(admin)) as leaving:
            # Where it is free, nobody else records; whoever begins now waits for it, and sets everything anew.
            if leaving.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,):
                _alter(leaving, [f"RESET {name}" for name in _SETTINGS])


def _connect(admin: Postgres) -> postgres.Connection:
    return run(postgres.connect(admin, invocation.until(_SECONDS)))


def _alter(connection: postgres.Connection, changes: list[str]) -> None:
    for change in changes:
        connection.execute(f"ALTER SYSTEM {change}".encode())
    connection.execute("SELECT pg_reload_conf()")


def _wait(admin: Postgres) -> None:
    """Wait until every connection logs: a new one does once the server has told all others to read the settings."""
    until = monotonic() + _SECONDS
    while True:
        with closing(_connect(admin)) as new:
            if new.execute("SHOW log_min_duration_statement").fetchone() == ("0",):
                return
        if monotonic() > until:
            raise NotLoggedError
        sleep(_POLL)
