"""A database that is not there, says nothing, or stops to: an error within its time."""

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from core import ConnectionFailedError, Postgres
from db.migrating import Limits, LockLostError, RevisionFailedError, Stop, StoppedError, history, is_at_head, upgrade
from local.proxy import Garbage, Refuse, Silent

from .conftest import SLEEPING

if TYPE_CHECKING:
    from .conftest import Folder, Look, Way

pytestmark = pytest.mark.engines


LookAt = Callable[[Postgres], "Look"]
Scratch = Callable[[], Postgres]


def wait_for_sleep(look: "Look") -> None:
    """Wait until a revision sleeps."""
    until = time.monotonic() + 60
    while not look.rows(SLEEPING):
        assert time.monotonic() < until


@pytest.mark.parametrize(("mode", "failure"), [(Refuse(), "refused"), (Silent(), "timeout"), (Garbage(), "protocol")])
def test_no_connection_is_said_so(
    way: "Way", folder: "Folder", monkeypatch: pytest.MonkeyPatch, mode: Refuse | Silent | Garbage, failure: str
) -> None:
    """Whatever asks the database first."""
    monkeypatch.setattr("core.connections.postgres.CONNECT_SECONDS", 0.3)
    folder.table("first")
    way.proxy.switch(mode)
    asks: list[Callable[[], object]] = [
        lambda: is_at_head(way.link, folder=folder.path),
        lambda: history(way.link, folder=folder.path),
        lambda: upgrade(way.link, folder=folder.path),
    ]
    for ask in asks:
        with pytest.raises(ConnectionFailedError) as raised:
            ask()
        assert raised.value.failure == failure


def test_a_database_that_falls_silent_in_a_revision_is_given_up(
    way: "Way", folder: "Folder", look_at: LookAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for a statement is bounded on this side too, and what was under way is undone."""
    monkeypatch.setattr("db.migrating.lock.ANSWER_SECONDS", 0.5)
    folder.table("first")
    folder.add("second", ["op.execute('CREATE TABLE half ()')", "op.execute('SELECT pg_sleep(1)')"])
    look = look_at(way.direct)

    def silence() -> None:
        wait_for_sleep(look)
        way.proxy.switch(Silent())

    silencer = threading.Thread(target=silence)
    silencer.start()
    with pytest.raises(RevisionFailedError, match=r"(?s)second .*pg_sleep.*did not answer in time"):
        upgrade(way.link, folder=folder.path, limits=Limits(statement=2, answer=0.5))
    silencer.join(60)
    way.proxy.switch(Refuse())
    assert upgrade(way.direct, to="first", folder=folder.path, patience=60).before == "first"
    assert look.tables() == {"first"}


def test_a_database_that_falls_silent_between_revisions_is_a_lost_lock(
    way: "Way", folder: "Folder", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows then whether the lock is still held."""
    monkeypatch.setattr("db.migrating.lock.ANSWER_SECONDS", 0.3)
    folder.table("first")
    folder.table("second")
    with pytest.raises(LockLostError):
        upgrade(way.link, folder=folder.path, say=lambda _: way.proxy.switch(Silent()))


def test_a_connection_that_is_cut_in_a_revision_is_its_failure(way: "Way", folder: "Folder", look_at: LookAt) -> None:
    """The database is at the revision before."""
    terminate = "SELECT pg_terminate_backend(pg_backend_pid())"
    folder.table("first")
    folder.add("second", ["op.execute('CREATE TABLE half ()')", f"op.execute({terminate!r})"])
    with pytest.raises(RevisionFailedError, match=r"(?s)second .*pg_terminate_backend.*terminating connection"):
        upgrade(way.link, folder=folder.path)
    assert look_at(way.direct).tables() == {"first"}


def test_a_run_on_a_silent_database_can_be_stopped(way: "Way", folder: "Folder", look_at: LookAt) -> None:
    """Who can't be told to end what it does is left."""
    folder.add("first", ["op.execute('CREATE TABLE half ()')", "op.execute('SELECT pg_sleep(1)')"])
    look, stop = look_at(way.direct), Stop()

    def silence() -> None:
        wait_for_sleep(look)
        way.proxy.switch(Silent())
        stop.set()

    silencer = threading.Thread(target=silence)
    silencer.start()
    with pytest.raises(StoppedError, match="at base"):
        upgrade(way.link, folder=folder.path, stop=stop)
    silencer.join(60)
    assert look.tables() == set()


def test_no_database_is_a_connection_that_failed(scratch: Scratch, folder: "Folder") -> None:
    """Nothing listens: the error is core's, at once."""
    link = dataclasses.replace(scratch(), port=1)
    with pytest.raises(ConnectionFailedError) as raised:
        upgrade(link, folder=folder.path)
    assert raised.value.failure == "refused"
