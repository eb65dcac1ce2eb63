"""Databases made for a purpose on the local stage's PostgreSQL: copies, and empty ones to try something in."""

import dataclasses
import os
import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from core import Postgres, Resources
from core.connections.sign_in import password
from db.roles import database_grants

if TYPE_CHECKING:
    from .stage import Stage

_SCRATCH = "scratch_"


def clone_database(admin: Postgres, own: str) -> None:
    """Make the database `own`, anew if it is there, as a copy of the one that `admin` leads to.

    Raises:
        psycopg.Error: someone is connected to the original, or the like.
    """
    with _administering(admin) as connection:
        _make(connection, own, template=admin.database)


def make_database(admin: Postgres, own: str) -> None:
    """Make the database `own`, empty, anew if it is there; `admin` leads to any database of the server."""
    with _administering(admin) as connection:
        _make(connection, own, template="template0")


@contextmanager
def scratch_databases(stage: "Stage", count: int = 1) -> Generator[list[Postgres]]:
    """Lend empty databases while the block runs, as the role that owns them.

    What a killed program left of its own is removed on the way.

    Args:
        stage: a stage whose PostgreSQL runs.
        count: how many.
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
    finally:
        with _administering(admin) as connection:
            _drop(connection, names)


@contextmanager
def _administering(admin: Postgres) -> Generator[psycopg.Connection]:
    connection = psycopg.connect(
        host=admin.host,
        port=admin.port,
        user=admin.user,
        password=password(admin),
        dbname="postgres",  # an original that someone is connected to can't be copied
        autocommit=True,
    )
    with connection:
        yield connection


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
    found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{_SCRATCH}%"]).fetchall()
    return [name for (name,) in found if not _runs(int(name.removeprefix(_SCRATCH).split("_")[0]))]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
