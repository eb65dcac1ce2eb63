"""Migrating through PgBouncer, which gives each transaction any of its connections; nothing sent would pin one."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from core import Postgres
from db.migrating import Limits, downgrade, history, is_at_head, upgrade
from local.engines import find_pgbouncer
from local.pooling import Pooler, pooled
from local.stage import Stage
from local.testing.pinning import pins
from local.testing.statements import recorded

from .conftest import Start, wait_until

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines

WAITING = "another program migrates this database: waiting for it"

LookAt = Callable[[Postgres], "Look"]


@pytest.fixture(scope="module")
def pooler(stage: Stage, worker: str) -> Generator[Pooler]:
    """Return a PgBouncer before the run's PostgreSQL, pooling by transaction."""
    if find_pgbouncer() is None:
        pytest.skip("PgBouncer is not installed: `apt-get install pgbouncer`, or `brew install pgbouncer`")
    with pooled(stage, name=f"pgbouncer-migrating-{worker}") as started:
        yield started


@pytest.fixture
def direct(pooler: Pooler, scratch: Callable[[], Postgres]) -> Postgres:
    """Return an empty database, past PgBouncer."""
    del pooler  # first, as it may skip the test
    return scratch()


@pytest.fixture
def link(pooler: Pooler, direct: Postgres) -> Postgres:
    """Return the same database, through PgBouncer."""
    return pooler.through(direct)


@contextmanager
def unpinned(stage: Stage, link: Postgres, expected: str) -> Generator[None]:
    """Make sure that nothing of the block would pin a proxy's connection, and that it was seen at all."""
    with recorded(stage, link.database) as statements:
        yield
    assert any(expected in statement.text for statement in statements)
    assert pins(statements) == []


def test_ten_at_once(  # noqa: PLR0913, PLR0917  # fixtures
    stage: Stage, link: Postgres, direct: Postgres, folder: "Folder", look_at: LookAt, start: Start
) -> None:
    """One works and nine wait, poll all the while that it makes a concurrent index, and succeed with nothing to do."""
    folder.table("first")
    folder.add("index", ["create_index('ix', 'first', ['id'])"], attributes="concurrent = True")
    folder.table("third")
    upgrade(link, to="first", folder=folder.path)
    writer = look_at(direct).connection
    with unpinned(stage, link, "CREATE INDEX CONCURRENTLY"):
        with writer.transaction():
            writer.execute("INSERT INTO first VALUES (1)")  # the index waits for the end of this
            migrators = [start(link, folder.path) for _ in range(10)]
            wait_until(lambda: sum(WAITING in migrator.lines for migrator in migrators) == 9)
        assert [migrator.wait() for migrator in migrators] == [0] * 10
    ended = sorted(migrator.lines[-1] for migrator in migrators)
    assert ended == [*["applied"] * 9, "applied index third"]
    assert look_at(direct).version() == ["third"]
    assert look_at(direct).rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") == [(True,)]


def test_up_and_down(stage: Stage, link: Postgres, folder: "Folder") -> None:
    """Revisions of both forms, and each way of looking where the database stands."""
    folder.table("first")
    create, drop = "create_index('ix', 'first', ['id'])", "drop_index('ix', 'first')"
    folder.add("index", [create], [drop], attributes="concurrent = True")
    with unpinned(stage, link, "DROP INDEX CONCURRENTLY"):
        assert not is_at_head(link, folder=folder.path)
        assert upgrade(link, folder=folder.path).applied == ("first", "index")
        assert is_at_head(link, folder=folder.path)
        assert upgrade(link, folder=folder.path).applied == ()
        assert downgrade(link, "-1", folder=folder.path).after == "first"
        assert [listed.current for listed in history(link, folder=folder.path)] == [True, False]
        assert downgrade(link, "base", folder=folder.path).reverted == ("first",)
        assert not is_at_head(link, folder=folder.path)


def test_a_held_lock_is_tried_again(
    stage: Stage, link: Postgres, direct: Postgres, folder: "Folder", look_at: LookAt
) -> None:
    """The bounds hold for the revision's transaction, whatever connection it is given, and for nothing after it."""
    folder.table("first")
    folder.add("second", "ALTER TABLE first ADD more int")
    upgrade(link, to="first", folder=folder.path)
    holder, said = look_at(direct).connection, list[str]()
    holder.execute("BEGIN; LOCK TABLE first")

    def say(line: str) -> None:
        said.append(line)
        if "trying again (3 of 5)" in line:
            holder.execute("ROLLBACK")

    with unpinned(stage, link, "ALTER TABLE first"):
        assert upgrade(link, folder=folder.path, say=say, limits=Limits(lock=0.1, pause=0.01)).after == "second"
    assert sum("trying again" in line for line in said) == 2
    assert look_at(link).rows("SHOW lock_timeout") == [("0",)]
