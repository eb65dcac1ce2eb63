"""What the runner itself says to the database in a revision's transaction."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from db.roles import CHECK_INTERVAL

from .watch import FormError

if TYPE_CHECKING:
    import psycopg


def heads_of(connection: Connection) -> tuple[str, ...]:
    """Return the revisions that the database is at, sorted; none before the first."""
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))


def set_limits(connection: Connection, lock: float, statement: float) -> None:
    """Bound, for this transaction, how long a statement may wait for a lock and how long it may take, in seconds.

    And have it end soon after its client, which may be killed. A plain SET would pin a proxy's connection.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = {round(lock * 1000)}"))
    connection.execute(text(f"SET LOCAL statement_timeout = {round(statement * 1000)}"))
    connection.execute(text(f"SET LOCAL client_connection_check_interval = '{CHECK_INTERVAL}'"))


@contextmanager
def one_transaction(connection: Connection) -> Generator[None]:
    """Make sure that the block ends in the transaction that it began in.

    Raises:
        FormError: it does not.
    """
    before = _number(connection)
    yield
    if _number(connection) != before:
        raise FormError("ends the transaction that it runs in: COMMIT and ROLLBACK are the runner's")


def driver(connection: Connection) -> "psycopg.Connection[object]":
    """Return the driver's connection."""
    # SQLAlchemy does not know which driver it has; db.programs makes core's.
    return cast("psycopg.Connection[object]", connection.connection.driver_connection)


def _number(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT pg_current_xact_id()::text")))
