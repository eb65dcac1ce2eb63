"""The database role of the application, and who may connect: made by the master, or found as the engine has them.

Whoever may not make roles, as the owner of the schema on a laptop, finds the role made and leaves it alone; it owns
the database, and grants. Two runs at once take turns by a lock of the transaction, which pins no proxy's connection.
"""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from core import ConnectionFailedError, Iam, Postgres, invocation
from db.migrating.talking import opened
from db.roles import APP, application_limits, database_grants, role_settings

from .errors import ApplicationRoleError

if TYPE_CHECKING:
    from core.connections.postgres import Connection

KEY: Final = 0x6D6F637270
"""The lock's number. Advisory locks are a database's own."""
PROXY_ROLE: Final = "rdsproxyadmin"
"""As which RDS Proxy itself connects, by what PUBLIC may; it is shut out when that is taken from PUBLIC."""
_IAM_ROLE: Final = "rds_iam"
"""Its members sign in to RDS by IAM."""
_LOCK_SECONDS: Final = 20
"""How long to wait for another run: it takes milliseconds."""
_ATTEMPTS: Final = 5
_PAUSE_SECONDS: Final = 0.2

# Who changes the same roles without our lock: two who write one row of a catalog at once, and the second loses.
_RACES: Final = (
    psycopg.errors.DuplicateObject,
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.LockNotAvailable,
)
_RACED: Final = "tuple concurrently"
"""How PostgreSQL says so of other catalogs: in words only, as an internal error."""


def ensure_application_role(link: Postgres, until: float) -> str:
    """Make the role of the application what it is to be, and let it into the database; return what was done.

    Args:
        link: the database, as its owner; where it signs in by IAM, so does the application.
        until: when that must be done (`time.monotonic`).

    Raises:
        ApplicationRoleError: PostgreSQL refuses it, or a role is missing that nobody here may make.
        ConnectionFailedError: it does not answer in time.
    """
    with invocation.bounded(max(0.0, until - monotonic())), opened(link) as connection:
        return _repeated(lambda: _in_transaction(connection, link), until)


def _repeated(work: Callable[[], str], until: float) -> str:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return work()
        except ConnectionFailedError:  # of a statement that was not answered in time: it is an error of psycopg's too
            raise
        except psycopg.Error as error:
            if not _is_race(error) or attempt == _ATTEMPTS or monotonic() >= until:
                said = error.diag.message_primary or str(error).strip().partition("\n")[0]
                raise ApplicationRoleError(f"PostgreSQL: {said}") from error
            sleep(_PAUSE_SECONDS * attempt)
    raise AssertionError("the last attempt returns or raises")


def _is_race(error: psycopg.Error) -> bool:
    return isinstance(error, _RACES) or _RACED in (error.diag.message_primary or "")


def _in_transaction(connection: "Connection", link: Postgres) -> str:
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'".encode())
        connection.execute(f"SELECT pg_advisory_xact_lock({KEY})".encode())
        made = _settle_role(connection, link)
        others = [PROXY_ROLE] if _exists(connection, PROXY_ROLE) else []
        database = sql.Identifier(link.database).as_string(connection)
        for grant in database_grants(database, others=others):
            connection.execute(grant.encode())
    return made


def _settle_role(connection: "Connection", link: Postgres) -> str:
    """Make the role, or find it made."""
    exists = _exists(connection, APP)
    if not _may_make_roles(connection):
        if not exists:
            raise ApplicationRoleError(
                f"there is no role {APP!r}, and {link.user!r} may not make it: connect as the master of the instance"
            )
        return f"role {APP} is there, and not this function's to change"
    for statement in _statements(connection, link, exists=exists):
        connection.execute(statement.encode())
    return f"role {APP} {'is as it is to be' if exists else 'is made'}"


def _statements(connection: "Connection", link: Postgres, *, exists: bool) -> list[str]:
    owner = sql.Identifier(link.user).as_string(connection)
    # What else there is to be taken from it, only a superuser could have given.
    make = [f"{'ALTER' if exists else 'CREATE'} ROLE {APP} LOGIN NOCREATEDB NOCREATEROLE"]
    return [
        *make,
        *role_settings(owner),
        *role_settings(APP),
        *application_limits(),
        *(_iam_grant(connection) if isinstance(link.auth, Iam) else []),
    ]


def _iam_grant(connection: "Connection") -> list[str]:
    """Return what lets the application sign in by IAM. The master never gets it: its password would be void."""
    if not _exists(connection, _IAM_ROLE):
        raise ApplicationRoleError(
            f"there is no role {_IAM_ROLE!r}: IAM authentication is not switched on for the instance"
        )
    member = _one(connection, "SELECT pg_has_role(oid, %s, 'MEMBER') FROM pg_roles WHERE rolname = %s", _IAM_ROLE, APP)
    # Granting it again is a notice each time.
    return [] if member else [f"GRANT {_IAM_ROLE} TO {APP}"]


def _exists(connection: "Connection", role: str) -> bool:
    return _one(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", role)


def _may_make_roles(connection: "Connection") -> bool:
    return _one(connection, "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")


def _one(connection: "Connection", query: str, *parameters: str) -> bool:
    row = connection.execute(query.encode(), parameters or None).fetchone()
    return row is not None and bool(row[0])
