"""A transaction in which a database is changed: alone among migrators, bounded, and ended when it is to end."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core import Postgres, invocation
from db.comparing.asking import failure
from db.migrating import Limits, Stop, StoppedError
from db.migrating.lock import migrating_alone
from db.migrating.pacing import PATIENCE_SECONDS
from db.migrating.transactions import driver, set_limits
from db.programs import program_engine

from .errors import PushError, RefusedError


@contextmanager
def changing_alone(
    link: Postgres, *, say: Callable[[str], object], limits: Limits, stop: Stop
) -> Generator[Connection]:
    """Open a transaction for the block, committed at its end, while no migration runs.

    Args:
        link: the database, as the role that owns its schema.
        say: is told what is waited for.
        limits: how long a statement may wait for a lock, and how long it may take.
        stop: ends it from another thread; what was done is undone.

    Raises:
        LockTakenError: another program migrated the database all the while.
        LockLostError: the lock on migrating was lost meanwhile.
        StoppedError: `stop` was set.
        RefusedError: the database answers with an error.
        ConnectionFailedError: it does not answer in time, or has ended the connection.
    """
    with migrating_alone(link, patience=PATIENCE_SECONDS, say=say, stop=stop) as lock:
        try:
            with invocation.bounded(limits.statement + limits.answer), _transaction(link, limits, stop) as connection:
                yield connection
                lock.check()  # what comes next is the end of the transaction
        except (PushError, SQLAlchemyError, psycopg.Error) as error:
            if stop.is_set:
                raise StoppedError("with nothing changed") from error
            if isinstance(error, PushError):
                raise
            raise failure(error, RefusedError) from error


@contextmanager
def _transaction(link: Postgres, limits: Limits, stop: Stop) -> Generator[Connection]:
    engine = program_engine(link)
    try:
        with engine.connect() as connection, stop.cancelling(driver(connection)), connection.begin():
            set_limits(connection, limits.lock, limits.statement)
            yield connection
    finally:
        engine.dispose()
