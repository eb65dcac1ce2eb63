"""The database going away under the studio: a page that says so, nothing lost, and on it goes."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnectionError

from core import Resources
from core.connections.sign_in import password
from db.models import GalleryAlbum
from db.programs import program_engine
from local.stage import Stage

from .conftest import Client, Database, open_database, open_studio

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def rows(stage: Stage) -> Generator[Database]:
    """Return a database of this module's own: it goes away."""
    with open_database(stage) as database:
        yield database


@pytest.fixture(scope="module")
def client(stage: Stage, rows: Database) -> Generator[Client]:
    """Return what asks its studio."""
    with open_studio(stage, rows) as client:
        yield client


@contextmanager
def administering(stage: Stage) -> Generator[psycopg.Connection]:
    """Lend a connection that may end others."""
    admin = stage.postgres(Resources.MyPostgres, "admin")
    host, port, user = admin.host, admin.port, admin.user
    connection = psycopg.connect(
        host=host, port=port, user=user, password=password(admin), dbname="postgres", autocommit=True
    )
    with connection:
        yield connection


@contextmanager
def gone(stage: Stage, rows: Database) -> Generator[None]:
    """Let nobody into the database while the block runs, and throw out who is in it."""
    allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    name = sql.Identifier(rows.link.database)
    with administering(stage) as connection:
        connection.execute(allow.format(name, sql.SQL("false")))
        throw_out(connection, rows)
        try:
            yield
        finally:
            connection.execute(allow.format(name, sql.SQL("true")))
    rows.engine.dispose()


def throw_out(connection: psycopg.Connection, rows: Database) -> None:
    """End every connection to the database, as a restart of the server does."""
    ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
    connection.execute(ended, [rows.link.database])


def test_a_restart_of_the_server_is_not_noticed(stage: Stage, client: Client, rows: Database) -> None:
    """Connections that the server has ended are replaced before anything is asked on them."""
    row = rows.add(GalleryAlbum, "Restarted")
    for _ in range(3):
        assert client.get("/gallery_albums/list", q="Restarted").rows == [str(row.id)]
        with administering(stage) as connection:
            throw_out(connection, rows)
        rows.engine.dispose()
    assert client.get("/gallery_albums/list", q="Restarted").rows == [str(row.id)]


@pytest.mark.parametrize("path", ["/", "/gallery_albums/list", "/gallery_albums/detail?pk={row}"])
def test_a_database_that_is_away_is_a_page(stage: Stage, client: Client, rows: Database, path: str) -> None:
    """It says what is the matter, tells nothing of how the database is reached, and is the page itself afterwards."""
    path = path.format(row=rows.add(GalleryAlbum).id)
    with gone(stage, rows):
        page = client.get(path)
        assert page.status == 503
        assert "The database does not answer" in page.text
        assert rows.link.database not in page.text.partition("<body")[2]
        assert "Traceback" not in page.text
    assert client.get(path).status == 200


def test_a_form_that_can_not_be_saved_can_be_sent_again(stage: Stage, client: Client, rows: Database) -> None:
    """What was typed is in the page that says so; its button sends it again, and then it is saved as it was typed."""
    typed = {"title": "Kept through <it> & all", "user_id": "outage", "description": "\n  two\nlines"}
    with gone(stage, rows):
        page = client.post("/gallery_albums/create", typed)
        assert page.status == 503
        assert page.form.keys() == typed.keys()
    assert client.post("/gallery_albums/create", page.form).status == 303
    (made,) = rows.all(GalleryAlbum, user_id="outage")
    assert (made.title, made.description) == (typed["title"], typed["description"])


@pytest.mark.parametrize("change", ["RENAME TO elsewhere", "RENAME COLUMN title TO elsewhere"])
def test_another_schema_is_a_page_that_says_so(client: Client, rows: Database, change: str) -> None:
    """Whether a table is missing or a column, it says what makes them; what was typed is kept."""
    there = {"RENAME TO elsewhere": "elsewhere RENAME TO gallery_albums"}
    back = there.get(change, "gallery_albums RENAME COLUMN elsewhere TO title")
    typed = {"title": "Kept", "user_id": "schema"}
    with rows.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE gallery_albums {change}"))
    try:
        for page in (client.get("/gallery_albums/list"), client.post("/gallery_albums/create", typed)):
            assert page.status == 503
            assert "nox -s migrate" in page.text
    finally:
        with rows.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {back}"))
    assert client.get("/gallery_albums/list").status == 200


def test_who_waits_for_a_connection_has_an_end(rows: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others that have them all are waited for no longer than a connection may take to open."""
    monkeypatch.setattr("core.connections.postgres.CONNECT_SECONDS", 0.7)
    engine = program_engine(rows.link)
    try:
        with pytest.raises(NoConnectionError, match=r"timeout 0\.70"), engine.connect(), engine.connect():
            pass
    finally:
        engine.dispose()


def test_deleting_goes_on_too(stage: Stage, client: Client, rows: Database) -> None:
    """Nothing is half deleted: the row is there until the database says otherwise."""
    row = rows.add(GalleryAlbum)
    with gone(stage, rows):
        assert client.post("/gallery_albums/delete", pk=row.id).status == 503
    assert rows.get(GalleryAlbum, row.id)
    assert client.post("/gallery_albums/delete", pk=row.id).status == 303
    assert rows.get(GalleryAlbum, row.id) is None
