"""Index statements that run on after their client has gone: ended on time, or by the next run."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from core import Postgres
from db.migrating import AbandonedError, Limits, RevisionFailedError, downgrade, upgrade
from local.proxy import Refuse, Silent

from .conftest import Start, leave_abandoned, wait_until

if TYPE_CHECKING:
    from .conftest import Folder, Look, Way

pytestmark = pytest.mark.engines

BUILDING = r"""
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND query ~ '^\s*(CREATE|DROP).* INDEX CONCURRENTLY '"""
STATE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_first_id')"

Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]
Migrate = Callable[..., object]


@pytest.fixture
def indexed(folder: "Folder") -> "Folder":
    """Return a folder with a table, and then an index made concurrently."""
    folder.add("first", "CREATE TABLE first (id int)", "DROP TABLE first")
    create, drop = "create_index('ix_first_id', 'first', ['id'])", "drop_index('ix_first_id', 'first')"
    folder.add("index", [create], [drop], attributes="concurrent = True")
    return folder


@contextmanager
def writing(look: "Look") -> Generator[None]:
    """Have the application write all the while, so that a concurrent index waits for it."""
    with look.connection.transaction():
        look.connection.execute("INSERT INTO first SELECT count(*) FROM first")
        yield


@contextmanager
def apart(work: Callable[[], object]) -> Generator[list[BaseException]]:
    """Do something in another thread, which must end once the block has; yield what it raises."""
    raised: list[BaseException] = []

    def catch() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            raised.append(error)

    thread = threading.Thread(target=catch)
    thread.start()
    yield raised
    thread.join(60)
    assert not thread.is_alive()


def replaced(look: "Look", writer: "contextlib.ExitStack", left: object, migrate: Callable[[], object]) -> None:
    """Migrate again: what was left must end while the writer still writes, and the new statement with the writer."""
    assert look.rows(BUILDING) == [left]
    with apart(migrate) as raised:
        wait_until(lambda: raised or (look.rows(BUILDING) and left not in look.rows(BUILDING)))
        writer.close()
    assert raised == []


def test_a_build_that_is_out_of_time_is_cancelled(scratch: Scratch, indexed: "Folder", look_at: LookAt) -> None:
    """The server is told, so that nothing runs on; the error says what to do, and the next run makes the index."""
    link = scratch()
    upgrade(link, to="first", folder=indexed.path)
    look = look_at(link)
    with (
        writing(look_at(link)),
        pytest.raises(RevisionFailedError, match=r"(?s)CREATE INDEX.*canceling statement.*statement_seconds"),
    ):
        upgrade(link, folder=indexed.path, limits=Limits(index=0.5, answer=60))
    assert look.rows(BUILDING) == []
    assert look.rows(STATE) == [(False,)]
    assert upgrade(link, folder=indexed.path).after == "index"
    assert look.rows(STATE) == [(True,)]


@pytest.mark.parametrize(
    ("start_at", "migrate", "to", "state"),
    [("first", upgrade, "index", [(True,)]), ("index", downgrade, "first", [])],
    ids=["made", "dropped"],
)
def test_what_was_given_up_is_ended_by_the_next_run(  # noqa: PLR0913, PLR0917  # fixtures and cases
    way: "Way", indexed: "Folder", look_at: LookAt, start_at: str, migrate: Migrate, to: str, state: list[object]
) -> None:
    """A cancellation that does not arrive and a deadline that passes leave it running."""
    upgrade(way.direct, to=start_at, folder=indexed.path)
    look = look_at(way.direct)
    leave_abandoned(way.direct, look)
    with contextlib.ExitStack() as writer:
        writer.enter_context(writing(look_at(way.direct)))
        limits = Limits(index=1, answer=0.5)
        with apart(lambda: migrate(way.link, to=to, folder=indexed.path, limits=limits)) as raised:
            wait_until(lambda: look.rows(BUILDING))
            way.proxy.switch(Silent())
        assert [type(error) for error in raised] == [RevisionFailedError]
        assert "did not answer in time" in str(raised[0])
        way.proxy.switch(Refuse())  # the server notices the end of idle connections alone
        (left,) = look.rows(BUILDING)
        replaced(look, writer, left, lambda: migrate(way.direct, to=to, folder=indexed.path, patience=60))
    assert (look.rows(STATE), look.version()) == (state, [to])


def test_what_a_killed_run_has_left_is_ended_by_the_next(
    scratch: Scratch, indexed: "Folder", look_at: LookAt, start: Start
) -> None:
    """SIGKILL in the middle of the build, as Lambda does when its time is up."""
    link = scratch()
    upgrade(link, to="first", folder=indexed.path)
    look = look_at(link)
    leave_abandoned(link, look)
    with contextlib.ExitStack() as writer:
        writer.enter_context(writing(look_at(link)))
        migrator = start(link, indexed.path)
        wait_until(lambda: look.rows(BUILDING))
        migrator.kill()
        (left,) = look.rows(BUILDING)
        replaced(look, writer, left, lambda: upgrade(link, folder=indexed.path, patience=60))
    assert (look.rows(STATE), look.version()) == ([(True,)], ["index"])


@pytest.mark.parametrize("name", ["ix_first_id", "ix Odd (1).$"])
def test_names_are_told_apart(scratch: Scratch, folder: "Folder", look_at: LookAt, name: str) -> None:
    """What someone builds by hand under a longer name is left alone, whatever is in the name; the same name is not."""
    folder.add("first", "CREATE TABLE first (id int)")
    folder.add("index", [f"create_index({name!r}, 'first', ['id'], unique=True)"], attributes="concurrent = True")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    look, limits = look_at(link), Limits(index=0.5, answer=60)
    quoted = '"{}"'.format if " " in name else "{}".format
    for of_others, by_hand in ((True, quoted(f"{name}2")), (False, quoted(name))):
        builder = look_at(link).connection
        statement = f"CREATE UNIQUE INDEX CONCURRENTLY {by_hand} ON first (id)".encode()
        with contextlib.ExitStack() as writer:
            writer.enter_context(writing(look_at(link)))
            with apart(lambda: builder.execute(statement)) as raised:  # noqa: B023  # it ends here
                wait_until(lambda: look.rows(BUILDING))
                with pytest.raises(RevisionFailedError, match="canceling statement"):
                    upgrade(link, folder=folder.path, limits=limits)
                assert ((builder.info.backend_pid,) in look.rows(BUILDING)) is of_others
                writer.close()
        assert [type(error) for error in raised] == ([] if of_others else [psycopg.errors.AdminShutdown])


def test_what_does_not_end_is_said_so(
    scratch: Scratch, indexed: "Folder", look_at: LookAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the process of the server, which nothing waits for without end."""
    monkeypatch.setattr("db.migrating.abandoned.END_SECONDS", 0.3)
    link = scratch()
    upgrade(link, to="first", folder=indexed.path)
    look, builder = look_at(link), look_at(link).connection
    process = builder.info.backend_pid
    statement = b"CREATE INDEX CONCURRENTLY ix_first_id ON first (id)"
    with writing(look_at(link)), apart(lambda: builder.execute(statement)):
        wait_until(lambda: look.rows(f"{BUILDING} AND wait_event_type = 'Lock'"))
        os.kill(process, signal.SIGSTOP)
        try:
            with pytest.raises(AbandonedError, match=rf"process {process} .*ix_first_id") as raised:
                upgrade(link, folder=indexed.path)
        finally:
            os.kill(process, signal.SIGCONT)
    assert raised.value.process == process
    assert upgrade(link, folder=indexed.path).after == "index"
