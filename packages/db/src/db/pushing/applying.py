"""Doing what was planned, in one transaction."""

from collections.abc import Callable

import psycopg
from sqlalchemy import Connection, text

from core import ConnectionFailedError, Postgres
from db.comparing import differences, read
from db.migrating import Limits, Stop
from db.migrating.failing import is_locked_out

from .alone import changing_alone
from .errors import LockedOutError, NotExpressedError, StatementFailedError
from .holders import holders
from .note import SET_NOTE
from .planning import Plan


def apply(
    link: Postgres,
    plan: Plan,
    *,
    say: Callable[[str], object] = lambda _line: None,
    limits: Limits | None = None,
    stop: Stop | None = None,
) -> None:
    """Bring a database to the models, all or nothing, and note in it that this was done.

    No migration runs meanwhile.

    Args:
        link: the database, as the role that owns its schema; it has been migrated before, be it to no revision.
        plan: what is to be done.
        say: is told what is waited for.
        limits: how long a statement may wait for a lock, and how long it may take.
        stop: ends it from another thread; nothing is done then.

    Raises:
        StatementFailedError: a statement failed.
        LockedOutError: other work held for too long what a statement needs.
        NotExpressedError: the statements don't make what the models say.
        RefusedError: the database refuses what is done besides the statements.
        LockTakenError: another program migrated the database all the while.
        StoppedError: `stop` was set.
        ConnectionFailedError: the database does not answer in time.
    """
    with changing_alone(link, say=say, limits=limits or Limits(), stop=stop or Stop()) as connection:
        for statement in plan.statements:
            _run(connection, statement, link)
        if left := differences(plan.wanted, read(connection)):
            raise NotExpressedError(left)
        connection.execute(text(SET_NOTE))


def _run(connection: Connection, statement: str, link: Postgres) -> None:
    try:
        # As it is: what looks like a parameter is none.
        connection.connection.cursor().execute(statement)
    except psycopg.Error as error:
        if is_locked_out(error):
            raise LockedOutError(statement, holders(link)) from error
        if isinstance(error, ConnectionFailedError) or not error.diag.message_primary:
            raise  # the database is gone, or frozen: that is nothing about the statement
        raise StatementFailedError(statement, error.diag.message_primary) from error
