"""Sample data, written whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import errors

from core import Postgres, invocation
from core.connections import postgres
from core.connections.steps import run
from db.migrating import Stop, StoppedError

from .errors import SchemaMissingError
from .loading import Rows, analyze, insert_staged, make_staging, stage
from .rows import rows_of

_BATCH = 200
"""Users whose rows are held in memory at a time: some 15,000 rows."""
_LINES = 10
"""How often it is said how far it is, at most."""


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
        StoppedError: `stop` was set.
        ConnectionFailedError: the database can't be reached in time.
    """
    stop = stop or Stop()
    connection = run(postgres.connect(link, invocation.until(postgres.CONNECT_SECONDS)))
    try:
        with connection, stop.cancelling(connection), connection.transaction(), connection.cursor() as cursor:
            make_staging(cursor)
            _stage_users(cursor, users, say, stop)
            seeded = Seeded(insert_staged(cursor))
            analyze(cursor)
    except errors.UndefinedTable as error:
        raise SchemaMissingError(link) from error
    except psycopg.OperationalError as error:
        if stop.is_set:
            raise _stopped() from error
        raise
    return seeded


def _stage_users(cursor: psycopg.Cursor, users: int, say: Callable[[str], object], stop: Stop) -> None:
    for first in range(0, users, _BATCH):
        last = min(first + _BATCH, users)
        for name, rows in _rows(first, last).items():
            stage(cursor, name, rows)
        if last * _LINES // users > first * _LINES // users:
            say(f"{last} of {users} users copied")
        if stop.is_set:
            raise _stopped()


def _stopped() -> StoppedError:
    return StoppedError("with no sample data written")


def _rows(first: int, last: int) -> dict[str, list[dict[str, object]]]:
    """Return the rows of the users from `first` to before `last`, by table."""
    rows = rows_of(first)
    for number in range(first + 1, last):
        for name, more in rows_of(number).items():
            rows[name] += more
    return rows
