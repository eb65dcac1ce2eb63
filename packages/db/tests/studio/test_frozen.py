"""A PostgreSQL that has stopped answering under the studio: it is a page in time, and nothing waits for it to end."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import text

from db.models import GalleryAlbum
from db.programs import program_engine
from local.stage import Stage
from local.testing.plugin import stage_for

from .conftest import Client, Database, open_database, open_studio

pytestmark = pytest.mark.engines

SECONDS = 1.0
"""How long the studio waits here."""
FOREVER = 60.0
"""Seconds after which the server goes on, so that a studio that waits for it is a failure and not a hung run."""


@pytest.fixture(scope="module")
def own_stage(pytestconfig: pytest.Config, worker: str) -> Generator[Stage]:
    """Return a stage of this worker's own, with PostgreSQL alone: it is frozen here."""
    with stage_for(pytestconfig, f"studio-{worker}", "postgres") as started:
        yield started


@pytest.fixture(scope="module")
def rows(own_stage: Stage) -> Generator[Database]:
    """Return a database on it."""
    with open_database(own_stage) as database:
        yield database


@pytest.fixture(scope="module")
def client(own_stage: Stage, rows: Database) -> Generator[Client]:
    """Return what asks its studio."""
    with open_studio(own_stage, rows, seconds=SECONDS) as client:
        yield client


@contextmanager
def frozen(stage: Stage) -> Generator[None]:
    """Freeze the PostgreSQL of a stage while the block runs; it is a failure if the block takes forever."""
    postgres = stage.engine("postgres")
    timer = threading.Timer(FOREVER, postgres.thaw)
    postgres.freeze()
    timer.start()
    try:
        yield
        assert timer.is_alive()
    finally:
        timer.cancel()
        timer.join()
        postgres.thaw()


@pytest.mark.parametrize("path", ["/", "/gallery_albums/list", "/gallery_albums/detail?pk={row}"])
def test_a_frozen_database_is_a_page(own_stage: Stage, client: Client, rows: Database, path: str) -> None:
    """On a connection that was open and on one that is to be opened; afterwards the page is itself again."""
    path = path.format(row=rows.add(GalleryAlbum).id)
    assert client.get(path).status == 200
    with frozen(own_stage):
        for _ in range(2):
            page = client.get(path)
            assert page.status == 503
            assert "The database does not answer" in page.text
    assert client.get(path).status == 200


def test_a_form_that_waits_for_a_lock_can_be_sent_again(client: Client, rows: Database) -> None:
    """Whoever else has the row, the page does not wait for; what was typed is kept and nothing of it is written."""
    row = rows.add(GalleryAlbum, "Before", user_id="locked")
    path = f"/gallery_albums/edit?pk={row.id}"
    typed = {**client.get(path).form, "title": "After"}
    with rows.engine.begin() as other:
        other.execute(text("SELECT 1 FROM gallery_albums WHERE id = :id FOR UPDATE"), {"id": row.id})
        page = client.post(path, typed)
        assert page.status == 503
        assert "The database does not answer" in page.text
    assert rows.get(GalleryAlbum, row.id).title == "Before"
    assert client.post(path, page.form).status == 303
    assert rows.get(GalleryAlbum, row.id).title == "After"


def test_the_studio_ends_while_its_database_is_frozen(own_stage: Stage, rows: Database) -> None:
    """A program that serves it and is told to end does: a statement that is on its way does not keep it."""
    before = set(threading.enumerate())
    with rows.engine.begin() as other, socket.socket() as browser, ExitStack() as after:
        other.execute(text("LOCK TABLE gallery_albums"))
        with open_studio(own_stage, rows, seconds=5.0) as client:
            browser.connect(("127.0.0.1", client.port))
            browser.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\n".encode())
            wait_for_a_statement_that_waits(rows)
            working = set(threading.enumerate()) - before
            after.enter_context(frozen(own_stage))
        assert len(working) > 1
        for thread in working:  # a program ends when the last of its threads does
            thread.join(FOREVER)


def wait_for_a_statement_that_waits(rows: Database) -> None:
    """Return when someone waits for a lock on a table of the database."""
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    until = time.monotonic() + FOREVER
    engine = program_engine(rows.link)
    try:
        with engine.connect() as looking:
            while not looking.execute(waiting).scalar_one():
                assert time.monotonic() < until
    finally:
        engine.dispose()
