"""Databases made for a purpose on the local stage's PostgreSQL: copies, and empty ones to try something in."""

import dataclasses
import os
import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from core import ConnectionFailedError, Postgres, Resources, invocation
from core.connections import postgres
from core.connections.steps import run
from db.roles import database_grants

from .errors import LocalError

if TYPE_CHECKING:
    from .stage import Stage

_SCRATCH = "scratch_"
_OURS = f"^{_SCRATCH}[0-9]{{1,9}}_[0-9a-f]{{8}}$"
"""What `scratch_databases` calls its own, by a regular expression of PostgreSQL: nobody else's is touched."""
_SECONDS = 60.0
"""How long a statement may take: a copy of a large database takes seconds, a frozen server would take forever."""


class DatabasesError(LocalError):
    """A database can't be made, copied or removed on the local PostgreSQL."""

    def __init__(self, server: Postgres, error: Exception) -> None:
        said = " ".join(str(error).split())
        super().__init__(f"PostgreSQL on {server.host}:{server.port} can't make or remove a database: {said}")


def clone_database(admin: Postgres, own: str) -> None:
    """Make the database `own`, anew if it is there, as a copy of the one that `admin` leads to.

    Raises:
        DatabasesError: someone is connected to the original, or the server does not answer, or refuses it.
    """
    with _administering(admin) as connection:
        _make(connection, own, template=admin.database)


def make_database(admin: Postgres, own: str) -> None:
    """Make the database `own`, empty, anew if it is there; `admin` leads to any database of the server.

    Raises:
        DatabasesError: the server does not answer, or refuses it.
    """
    with _administering(admin) as connection:
        _make(connection, own, template="template0")


@contextmanager
def scratch_databases(stage: "Stage", count: int = 1) -> Generator[list[Postgres]]:
    """Lend empty databases while the block runs, as the role that owns them.

    What a killed program left of its own is removed on the way.

    Args:
        stage: a stage whose PostgreSQL runs.
        count: how many.

    Raises:
        DatabasesError: the server does not answer, or refuses it. An error of the block goes before it.
    """
    admin = stage.postgres(Resources.MyPostgres, "admin")
    owner = stage.postgres(Resources.MyPostgres, "owner")
    names = [f"{_SCRATCH}{os.getpid()}_{secrets.token_hex(4)}" for _ in range(count)]
    with _administering(admin) as connection:
        _drop(connection, _abandoned(connection))
        for name in names:
            _make(connection, name, template="template0")
    try:
        yield [dataclasses.replace(owner, database=name) for name in names]
    except BaseException:
        with suppress(DatabasesError):  # of what is left, the next to come rids the server
            _remove(admin, names)
        raise
    _remove(admin, names)


def _remove(admin: Postgres, names: Iterable[str]) -> None:
    with _administering(admin) as connection:
        _drop(connection, names)


@contextmanager
def _administering(admin: Postgres) -> Generator[psycopg.Connection]:
    """Lend a connection that commits each statement by itself, and say in a line what goes wrong on it."""
    link = dataclasses.replace(admin, database="postgres")  # an original that someone is connected to can't be copied
    try:
        with (
            invocation.bounded(_SECONDS),
            run(postgres.connect(link, invocation.until(postgres.CONNECT_SECONDS))) as connection,
        ):
            yield connection
    except (ConnectionFailedError, psycopg.Error) as error:
        raise DatabasesError(link, error) from error


def _make(connection: psycopg.Connection, name: str, *, template: str) -> None:
    _drop(connection, [name])
    made = sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER owner").format(
        name=sql.Identifier(name), template=sql.Identifier(template)
    )
    connection.execute(made)
    for grant in database_grants(sql.Identifier(name).as_string(connection)):
        connection.execute(grant.encode())


def _drop(connection: psycopg.Connection, names: Iterable[str]) -> None:
    for name in names:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _abandoned(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [_OURS]).fetchall()
    return [name for (name,) in found if not _runs(int(name.removeprefix(_SCRATCH).split("_")[0]))]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
