"""The roles of the database: who owns the schema, and who uses it.

The owner runs the migrations. Functions are `app`, which reads and writes rows and nothing else: it makes no object,
not even a temporary one (which would pin a proxy's connection), and can't see at which revision the schema is.
These are statements: whoever may run them does, the local stage as the superuser, provisioning as the master.
"""

from collections.abc import Iterable
from typing import Final

APP: Final = "app"
"""The role of the application."""

_STATEMENT_TIMEOUT: Final = "30s"
"""A client gives up with its invocation; this ends what it can no longer ask to end. An HTTP API waits 30 s at most."""
_IDLE_TIMEOUT: Final = "60s"
"""A transaction that an ended or frozen execution environment left open keeps its locks no longer than this."""
CHECK_INTERVAL: Final = "1s"
"""How soon a statement ends whose client has gone: without this it keeps its locks to its end (measured)."""


def role_settings(role: str) -> list[str]:
    """Return the statements that end what a connection leaves running when it goes: for who may alter the role.

    They are for every role that connects, the owner too: a migration's statement that runs on keeps its locks.
    """
    return [f"ALTER ROLE {role} SET client_connection_check_interval = '{CHECK_INTERVAL}'"]


def application_limits(role: str = APP) -> list[str]:
    """Return the statements that bound what a connection of the application may hold: for who may alter the role.

    They are settings of the role, since a SET on a connection would pin a proxy's. No other role gets them: a
    migration may take longer.
    """
    return [
        f"ALTER ROLE {role} SET statement_timeout = '{_STATEMENT_TIMEOUT}'",
        f"ALTER ROLE {role} SET idle_in_transaction_session_timeout = '{_IDLE_TIMEOUT}'",
    ]


def database_grants(database: str, role: str = APP, *, others: Iterable[str] = ()) -> list[str]:
    """Return the statements that let the application into a database, and nobody else: for its owner.

    They may be run again, also on a database in use: at no moment is anyone shut out who may stay. What the
    application had beyond that is taken from it.

    Args:
        database: the database's name, quoted where that is needed.
        role: the application's role.
        others: further roles that may connect, besides the owner and superusers; they must be there. On AWS name
            `rdsproxyadmin`, as which RDS Proxy itself connects, by what PUBLIC may: it would be shut out.
    """
    return [
        f"GRANT CONNECT ON DATABASE {database} TO {', '.join([role, *others])}",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM {role}",
    ]


def schema_grants(role: str = APP) -> list[str]:
    """Return the statements that let the application use the rows of every table, also of future ones.

    For the owner of the schema, in its database, before each run of migrations, once Alembic's own table is there;
    they may be run again.
    """
    rights = "SELECT, INSERT, UPDATE, DELETE"
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {role}",
        f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON TABLE alembic_version FROM {role}",
    ]
