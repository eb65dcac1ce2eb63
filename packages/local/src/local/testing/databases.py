"""Databases of a test worker's own, cloned from the stage's."""

import psycopg
from psycopg import sql

from core import Postgres
from core.connections.sign_in import password

_STATEMENTS = (
    "DROP DATABASE IF EXISTS {own} WITH (FORCE)",
    "CREATE DATABASE {own} TEMPLATE {template} OWNER owner",
    "REVOKE ALL ON DATABASE {own} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {own} TO app",
)


def clone_database(admin: Postgres, own: str) -> None:
    """Make the database `own`, anew if it is there, as a copy of the one that `admin` leads to.

    Raises:
        psycopg.Error: someone is connected to the original, or the like.
    """
    connection = psycopg.connect(
        host=admin.host,
        port=admin.port,
        user=admin.user,
        password=password(admin),
        dbname="postgres",  # an original that someone is connected to can't be copied
        autocommit=True,
    )
    with connection:
        for statement in _STATEMENTS:
            names = {"own": sql.Identifier(own), "template": sql.Identifier(admin.database)}
            connection.execute(sql.SQL(statement).format(**names))
