"""What the application may do once the migrations have run: use rows, and nothing else."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from core import Postgres, Resources
from db.migrating import RefusedError, upgrade
from local.stage import Stage

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines


LookAt = Callable[[Postgres], "Look"]
AsApp = Callable[[Postgres], Postgres]


@pytest.fixture
def as_app(stage: Stage) -> AsApp:
    """Return what makes the application's link to a database of its owner's."""
    own = stage.postgres(Resources.MyPostgres)
    return lambda link: dataclasses.replace(own, database=link.database)


@pytest.fixture
def migrated(scratch: Callable[[], Postgres], folder: "Folder") -> Postgres:
    """Return a database with two tables, the second made by a later run; as its owner."""
    link = scratch()
    folder.table("first")
    upgrade(link, folder=folder.path)
    folder.table("later")
    upgrade(link, folder=folder.path)
    return link


@pytest.mark.parametrize("table", ["first", "later"])
def test_it_reads_and_writes_rows(migrated: Postgres, as_app: AsApp, look_at: LookAt, table: str) -> None:
    """Every table, also one that a later revision has added."""
    app = look_at(as_app(migrated))
    with app.connection.cursor() as cursor:
        for statement in ("INSERT INTO {} VALUES (1)", "UPDATE {} SET id = 2", "SELECT id FROM {} FOR UPDATE"):
            cursor.execute(sql.SQL(statement).format(sql.Identifier(table)))
        assert cursor.fetchall() == [(2,)]
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own ()",
        "CREATE TEMPORARY TABLE own ()",
        "CREATE SCHEMA own",
        "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION pg_trgm",
        "ALTER TABLE first ADD more int",
        "CREATE INDEX ON first (id)",
        "DROP TABLE first",
        "TRUNCATE first",
        "CREATE TABLE own (id int REFERENCES first)",
        "CREATE TRIGGER own BEFORE INSERT ON first EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "SELECT * FROM alembic_version",
        "UPDATE alembic_version SET version_num = 'x'",
        "GRANT SELECT ON first TO PUBLIC",
        "SET ROLE owner",
    ],
)
def test_it_does_nothing_else(migrated: Postgres, as_app: AsApp, look_at: LookAt, statement: str) -> None:
    """No change of the schema, no temporary object, no look at the version."""
    connection = look_at(as_app(migrated)).connection
    before = look_at(migrated).rows("SELECT relname, relacl::text FROM pg_class WHERE relname IN ('first', 'own')")
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        pass
    else:  # PostgreSQL only warns of a grant of what one does not have
        assert statement.startswith("GRANT")
    after = look_at(migrated).rows("SELECT relname, relacl::text FROM pg_class WHERE relname IN ('first', 'own')")
    assert after == before


def test_its_connections_hold_nothing_for_long(migrated: Postgres, as_app: AsApp, look_at: LookAt) -> None:
    """The bounds are the role's, since a SET would pin a proxy's connection."""
    app = look_at(as_app(migrated))
    assert app.rows("SHOW statement_timeout") == [("30s",)]
    assert app.rows("SHOW idle_in_transaction_session_timeout") == [("1min",)]


def test_it_does_not_migrate(migrated: Postgres, as_app: AsApp, folder: "Folder", look_at: LookAt) -> None:
    """Run by the application's role, the migrations are refused in a line."""
    folder.table("more")
    with pytest.raises(RefusedError, match="permission denied"):
        upgrade(as_app(migrated), folder=folder.path)
    assert look_at(migrated).tables() == {"first", "later"}
