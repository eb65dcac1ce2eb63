"""One migrator at a time, and what becomes of those who come meanwhile."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from core import Postgres
from db.migrating import Limits, LockLostError, LockTakenError, Stop, StoppedError, upgrade
from db.migrating.lock import migrating_alone

from .conftest import SLEEPING, Start, leave_abandoned, wait_until

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines

IN_TRANSACTION = """
SELECT pid, backend_xmin::text FROM pg_stat_activity
WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"""
WAITING = "another program migrates this database: waiting for it"


Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]


def test_ten_at_once(scratch: Scratch, folder: "Folder", look_at: LookAt, start: Start) -> None:
    """One works and nine wait, poll all the while that it makes a concurrent index, and succeed with nothing to do."""
    folder.table("first")
    folder.add("index", ["create_index('ix', 'first', ['id'])"], attributes="concurrent = True")
    folder.table("third")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    writer = look_at(link).connection
    with writer.transaction():
        writer.execute("INSERT INTO first VALUES (1)")  # the index waits for the end of this
        migrators = [start(link, folder.path) for _ in range(10)]
        wait_until(lambda: sum(WAITING in migrator.lines for migrator in migrators) == 9)
    assert [migrator.wait() for migrator in migrators] == [0] * 10
    ended = sorted(migrator.lines[-1] for migrator in migrators)
    assert ended == [*["applied"] * 9, "applied index third"]
    assert sum(migrator.lines.count(WAITING) for migrator in migrators) == 9
    assert look_at(link).version() == ["third"]
    assert look_at(link).rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") == [(True,)]


def test_who_holds_the_lock_holds_no_snapshot(scratch: Scratch, look_at: LookAt) -> None:
    """A concurrent index waits for every older snapshot: its own migrator must not have one."""
    link = scratch()
    look = look_at(link)
    with migrating_alone(link, patience=0, say=print, stop=Stop()) as lock:
        assert [xmin for _, xmin in look.rows(IN_TRANSACTION)] == [None]
        lock.check()
        assert [xmin for _, xmin in look.rows(IN_TRANSACTION)] == [None]
    wait_until(lambda: not look.rows(IN_TRANSACTION))


def test_who_waits_for_too_long_is_told_who_works(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """The error names the process of the server, and what to do."""
    link = scratch()
    said: list[str] = []
    with migrating_alone(link, patience=0, say=print, stop=Stop()):
        ((process, _),) = look_at(link).rows(IN_TRANSACTION)
        with pytest.raises(LockTakenError, match=rf"for 1 s \(process {process} .*pg_terminate_backend") as raised:
            upgrade(link, folder=folder.path, patience=1, say=said.append)
    assert raised.value.process == process
    assert said == [WAITING]
    assert upgrade(link, folder=folder.path, patience=0).applied == ()


@pytest.mark.parametrize("query", ["SELECT nothing, %s", "SELECT pg_sleep(60), %s"])
def test_who_works_may_stay_unknown(
    scratch: Scratch, folder: "Folder", monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """Where the server does not say who has the lock, or not in time, that it is taken is the error all the same."""
    monkeypatch.setattr("db.migrating.lock._HOLDER", query)
    monkeypatch.setattr("db.migrating.talking.ANSWER_SECONDS", 0.5)
    link = scratch()
    with (
        migrating_alone(link, patience=0, say=print, stop=Stop()),
        pytest.raises(LockTakenError, match="for 0 s: wait") as raised,
    ):
        upgrade(link, folder=folder.path, patience=0)
    assert raised.value.process is None


def test_who_waits_can_be_stopped(scratch: Scratch, folder: "Folder") -> None:
    """Ctrl-C ends the waiting at once."""
    link, stop = scratch(), Stop()
    with (
        migrating_alone(link, patience=0, say=print, stop=Stop()),
        pytest.raises(StoppedError, match="another program"),
    ):
        upgrade(link, folder=folder.path, say=lambda _: stop.set(), stop=stop)


def test_databases_do_not_wait_for_each_other(scratch: Scratch, folder: "Folder") -> None:
    """The lock is a database's own."""
    folder.table("first")
    with migrating_alone(scratch(), patience=0, say=print, stop=Stop()):
        assert upgrade(scratch(), folder=folder.path, patience=0).after == "first"


def test_the_lock_outlasts_how_long_a_transaction_may_idle(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Its transaction idles as long as the run takes, whatever a database or a role says of that."""
    folder.add("first", "SELECT pg_sleep(0.5)")
    link = scratch()
    idle = sql.SQL("ALTER DATABASE {} SET idle_in_transaction_session_timeout = 100")
    look_at(link).connection.execute(idle.format(sql.Identifier(link.database)))
    assert upgrade(link, folder=folder.path).after == "first"


def test_a_lost_lock_stops_the_run(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Before it commits, and before each revision, a migrator makes sure that no other works."""
    terminate = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
    )
    folder.table("first")
    folder.add("second", ["op.execute('CREATE TABLE half ()')", f"op.execute({terminate!r})"])
    folder.table("third")
    link = scratch()
    with pytest.raises(LockLostError):
        upgrade(link, folder=folder.path)
    assert (look_at(link).tables(), look_at(link).version()) == ({"first"}, ["first"])


def test_a_lock_lost_before_a_concurrent_index_is_stamped_stops_the_run(
    scratch: Scratch, folder: "Folder", look_at: LookAt
) -> None:
    """The index may stay, the version does not follow: the next run goes on from there."""
    folder.table("first")
    folder.add("index", ["create_index('ix', 'first', ['id'])"], attributes="concurrent = True")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    look = look_at(link)
    writer = look_at(link).connection
    failed: list[BaseException] = []

    def migrate() -> None:
        try:
            upgrade(link, folder=folder.path)
        except LockLostError as error:
            failed.append(error)

    migrator = threading.Thread(target=migrate)
    with writer.transaction():
        writer.execute("INSERT INTO first VALUES (1)")
        migrator.start()
        running = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'"
        )
        wait_until(lambda: look.rows(running))
        for pid, xmin in look.rows(IN_TRANSACTION):
            if pid != writer.info.backend_pid:
                assert xmin is None
                look.rows(f"SELECT pg_terminate_backend({pid})")
    migrator.join(60)
    assert failed
    assert look.version() == ["first"]
    upgrade(link, folder=folder.path)
    assert look.version() == ["index"]


def test_a_version_that_others_changed_stops_the_run(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Each revision starts from what the database was at, and ends there if that is no more so."""
    folder.table("first")
    folder.table("second")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    other = look_at(link).connection
    other.execute("BEGIN; UPDATE alembic_version SET version_num = 'second'")  # another's, who has lost the lock
    with pytest.raises(LockLostError, match="from first to second"):
        upgrade(link, folder=folder.path, limits=Limits(lock=0.1, pause=0.01), say=lambda _: other.execute("COMMIT"))
    assert look_at(link).tables() == {"first"}


def test_a_killed_migrator_leaves_what_it_has_committed(
    scratch: Scratch, folder: "Folder", look_at: LookAt, start: Start
) -> None:
    """SIGKILL in the middle of a revision: it ends on the server too, and the next one goes on from the one before."""
    folder.table("first")
    second = folder.add("second", ["op.execute('CREATE TABLE half ()')", "op.execute('SELECT pg_sleep(600)')"])
    link = scratch()
    look = look_at(link)
    leave_abandoned(link, look)
    migrator = start(link, folder.path)
    wait_until(lambda: look.rows(SLEEPING))
    migrator.kill()
    second.write_text(second.read_text().replace("pg_sleep(600)", "1"))
    assert upgrade(link, folder=folder.path, patience=60).applied == ("second",)
    assert look.tables() == {"first", "half"}
