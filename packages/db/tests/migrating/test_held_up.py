"""What holds a revision up: other work's locks, and someone who ends it."""

import dataclasses
import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from core import Postgres, Resources
from db.migrating import Limits, RevisionFailedError, Stop, StoppedError, upgrade
from local.stage import Stage

from .conftest import SLEEPING, wait_until

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines

Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]


def test_a_held_lock_is_tried_again(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """A revision waits for other work no longer than it may, lets others pass, and tries again."""
    folder.table("first")
    folder.add("second", "ALTER TABLE first ADD more int")
    link, said = scratch(), list[str]()
    upgrade(link, to="first", folder=folder.path)
    holder = look_at(link).connection
    holder.execute("SET application_name = 'a test''s'")
    holder.execute("BEGIN; LOCK TABLE first")

    def say(line: str) -> None:
        said.append(line)
        if "trying again (3 of 5)" in line:
            holder.execute("ROLLBACK")

    assert upgrade(link, folder=folder.path, say=say, limits=Limits(lock=0.1, pause=0.01)).after == "second"
    whom = (
        rf"process {holder.info.backend_pid} of the server, {link.user}, a test's, idle in transaction,"
        r" in its transaction for [0-9]+ s, holds first"
    )
    tries = [line for line in said if "trying again" in line]
    assert len(tries) == 2
    for number, line in zip("23", tries, strict=True):
        assert re.fullmatch(rf"second: other work holds what it needs \({whom}\); trying again \({number} of 5\)", line)


def test_a_lock_that_stays_held_is_a_failure(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """In the end the error says which statement can't have its lock, and nothing has changed."""
    folder.table("first")
    folder.add("second", "ALTER TABLE first ADD more int")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    holder = look_at(link).connection
    holder.execute("BEGIN; LOCK TABLE first IN ACCESS SHARE MODE")
    said = rf"(?s)second .*ALTER TABLE first.*lock timeout.*other work.*process {holder.info.backend_pid} .*first"
    with pytest.raises(RevisionFailedError, match=said):
        upgrade(link, folder=folder.path, limits=Limits(lock=0.05, pause=0.01, attempts=2))
    assert look_at(link).version() == ["first"]


def test_the_application_is_named_too(stage: Stage, scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Of a process of another role the server tells less: its number, its role and what it holds; never what it ran."""
    folder.table("first")
    folder.add("second", "ALTER TABLE first ADD more int")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    app = dataclasses.replace(stage.postgres(Resources.MyPostgres), database=link.database)
    holder = look_at(app).connection
    holder.execute("BEGIN")
    holder.execute("SELECT 4711 FROM first")
    with pytest.raises(RevisionFailedError) as raised:
        upgrade(link, folder=folder.path, limits=Limits(lock=0.05, pause=0.01, attempts=1))
    assert f"process {holder.info.backend_pid} of the server, {app.user}" in raised.value.held
    assert raised.value.held.endswith("holds first")
    assert "4711" not in str(raised.value).replace(str(holder.info.backend_pid), "")


def test_a_running_revision_can_be_stopped(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """It ends on the server, is undone, and the lock is free."""
    folder.table("first")
    folder.add("second", ["op.execute('CREATE TABLE half ()')", "op.execute('SELECT pg_sleep(600)')"])
    link, stop = scratch(), Stop()
    look = look_at(link)
    sleeping = f"{SLEEPING} AND state = 'active'"

    def end() -> None:
        wait_until(lambda: look.rows(sleeping))
        stop.set()

    ender = threading.Thread(target=end)
    ender.start()
    with pytest.raises(StoppedError, match="at first"):
        upgrade(link, folder=folder.path, stop=stop)
    ender.join(60)
    wait_until(lambda: not look.rows(sleeping))
    assert (look.tables(), look.version()) == ({"first"}, ["first"])
    assert upgrade(link, to="first", folder=folder.path, patience=0).applied == ()


def test_who_was_stopped_before_does_nothing(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """What was to end before it began applies nothing."""
    folder.table("first")
    link, stop = scratch(), Stop()
    stop.set()
    with pytest.raises(StoppedError, match="at base"):
        upgrade(link, folder=folder.path, stop=stop)
    assert look_at(link).tables() == set()


def test_it_stops_between_revisions(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """What was applied stays, what comes next does not."""
    folder.table("first")
    folder.table("second")
    link, stop = scratch(), Stop()
    with pytest.raises(StoppedError, match="at first"):
        upgrade(link, folder=folder.path, stop=stop, say=lambda _: stop.set())
    assert look_at(link).version() == ["first"]
