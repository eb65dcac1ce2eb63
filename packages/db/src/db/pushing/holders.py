"""Who holds the tables that a statement could not have."""

from contextlib import suppress
from typing import Final

from core import ConnectionFailedError, Postgres
from db.migrating import RefusedError
from db.migrating.talking import answering, opened

_HOLDERS: Final = """\
SELECT DISTINCT relation::regclass::text, pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND pid <> pg_backend_pid()
ORDER BY 1, 2"""


def holders(link: Postgres) -> tuple[tuple[str, int], ...]:
    """Return which tables are held, and by which process of the server; none if that can't be told."""
    with suppress(ConnectionFailedError, RefusedError), opened(link) as connection, answering():
        return tuple(connection.execute(_HOLDERS).fetchall())
    return ()
