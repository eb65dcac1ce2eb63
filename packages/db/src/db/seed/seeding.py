"""Sample data, written whole or not at all."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import errors

from core import ConnectionFailedError, Postgres
from db.migrating import Stop, StoppedError
from db.migrating.talking import opened

from .errors import RowsRefusedError, SchemaMissingError, SeedError
from .loading import Rows, analyze, insert_staged, make_staging, stage, unstaged
from .rows import rows_of

_BATCH = 200
"""Users whose rows are held in memory at a time: some 15,000 rows."""
_LINES = 10
"""How often it is said how far it is, at most."""

_COPIED = re.compile(r"COPY (\w+)")
"""How PostgreSQL says which table a COPY went into."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What has become of the rows of sample data.

    Attributes:
        tables: the rows of each table by its name.
    """

    tables: Mapping[str, Rows]

    @property
    def inserted(self) -> int:
        """How many rows are new."""
        return sum(rows.inserted for rows in self.tables.values())


def seed(
    link: Postgres, users: int, *, say: Callable[[str], object] = lambda _line: None, stop: Stop | None = None
) -> Seeded:
    """Write the sample data of so many users, in one transaction: what is missing of it, and nothing else.

    It may be run again, with another number of users too. What people have made of the rows since stays.

    Args:
        link: the database, with the schema at head, as the role that owns it: COPY goes by way of temporary tables.
        users: how many users there are to be.
        say: is told how far it is, a line at a time.
        stop: ends it from another thread; nothing is written then.

    Raises:
        SchemaMissingError: the tables are not there.
        RowsRefusedError: they are not what the sample data is made for.
        StoppedError: `stop` was set.
        ConnectionFailedError: the database can't be reached in time, or has ended the connection.
    """
    stop = stop or Stop()
    try:
        with (
            opened(link) as connection,
            stop.cancelling(connection),
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            make_staging(cursor)
            columns = _stage_users(cursor, users, say, stop)
            seeded = Seeded(insert_staged(cursor, columns))
            analyze(cursor)
    except psycopg.Error as error:
        if stop.is_set:
            raise _stopped() from error
        raise _failure(error, link) from error
    return seeded


def _stage_users(
    cursor: psycopg.Cursor, users: int, say: Callable[[str], object], stop: Stop
) -> Mapping[str, Collection[str]]:
    """Stage the rows of so many users; return the columns that they have, by table."""
    columns: dict[str, Collection[str]] = {}
    for first in range(0, users, _BATCH):
        last = min(first + _BATCH, users)
        for name, rows in _rows(first, last).items():
            stage(cursor, name, rows)
            if rows:
                columns[name] = tuple(rows[0])
        if last * _LINES // users > first * _LINES // users:
            say(f"{last} of {users} users copied")
        if stop.is_set:
            raise _stopped()
    return columns


def _failure(error: psycopg.Error, link: Postgres) -> SeedError | ConnectionFailedError:
    """Return what an error of the driver means, without its detail, which repeats values of a row."""
    said = error.diag.message_primary
    if isinstance(error, ConnectionFailedError):
        return ConnectionFailedError(error.failure, "writing sample data: PostgreSQL did not answer in time")
    if not said:
        return ConnectionFailedError("closed", f"writing sample data: the connection to PostgreSQL ended: {error}")
    if isinstance(error, errors.UndefinedTable):
        return SchemaMissingError(link)
    copied = _COPIED.match(error.diag.context or "")
    table = error.diag.table_name or (copied[1] if copied else "")
    return RowsRefusedError(unstaged(table), unstaged(said))


def _stopped() -> StoppedError:
    return StoppedError("with no sample data written")


def _rows(first: int, last: int) -> dict[str, list[dict[str, object]]]:
    """Return the rows of the users from `first` to before `last`, by table."""
    rows = rows_of(first)
    for number in range(first + 1, last):
        for name, more in rows_of(number).items():
            rows[name] += more
    return rows
