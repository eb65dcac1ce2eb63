"""A database that the models were pushed to comes back under migrations afterwards."""

import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Text

from core import Postgres
from db.generating import Generated, generate
from db.migrating import Stop, StoppedError, UnknownRevisionError, database_heads, upgrade
from db.migrating.standing import heads_in
from db.pushing import NotSettledError, apply, drop_note, plan, settle, was_pushed

Lend = Callable[[], AbstractContextManager[list[Postgres]]]


@pytest.fixture
def lend(scratch: Callable[[], Postgres]) -> Lend:
    """Return what lends an empty database for a block."""

    @contextmanager
    def lent() -> Generator[list[Postgres]]:
        yield [scratch()]

    return lent


@pytest.fixture
def pushed(migrated: Postgres, scratch: Callable[[], Postgres], models: MetaData, run: Callable[..., None]) -> Postgres:
    """Return a database that the models were pushed to, with a row in it."""
    apply(migrated, plan(migrated, scratch(), metadata=models))
    run(migrated, "INSERT INTO wishlist_items (user_id, title, sort_order) VALUES ('a', 'b', 1)")
    return migrated


def not_lent() -> AbstractContextManager[list[Postgres]]:
    """Lend nothing: nothing is to be settled."""
    pytest.fail("a database was asked for")


@pytest.mark.engines
def test_a_database_that_was_not_pushed_to_costs_a_look(
    migrated: Postgres, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """Where there is nothing to settle, no database is lent; also for one before its first migration."""
    for link in (migrated, scratch()):
        assert not settle(link, not_lent, folder=folder)
        assert not drop_note(link, not_lent, folder=folder)


def test_asking_for_settle_loads_neither_sqlalchemy_nor_alembic() -> None:
    """`dev` asks at every start, and its errors are known without them too."""
    program = """
import sys
from db.pushing import NotSettledError, settle, was_pushed
print(*sorted({"sqlalchemy", "alembic"} & set(sys.modules)))"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


@pytest.mark.engines
def test_a_pushed_database_is_at_head_once_the_migrations_have_caught_up(
    pushed: Postgres, folder: Path, scratch: Callable[[], Postgres], models: MetaData, lend: Lend
) -> None:
    """The revision that was generated of what was pushed is not applied: its work is done, its rows stay."""
    assert not settle(pushed, lend, folder=folder)  # there is no revision that it has not
    assert was_pushed(pushed)
    assert isinstance(generate("the size", scratch(), scratch(), folder=folder, metadata=models), Generated)
    assert settle(pushed, lend, folder=folder)
    assert database_heads(pushed) == heads_in(folder)
    assert not was_pushed(pushed)
    assert upgrade(pushed, folder=folder).applied == ()


@pytest.mark.engines
def test_a_pushed_database_that_the_migrations_do_not_make_has_two_ways_on(
    pushed: Postgres, folder: Path, scratch: Callable[[], Postgres], models: MetaData, lend: Lend
) -> None:
    """It stays as it is, and the error says how it differs and what to run."""
    models.tables["moc_files"].append_column(Column("checksum", Text))
    generate("the size and more", scratch(), scratch(), folder=folder, metadata=models)
    before = database_heads(pushed)
    with pytest.raises(NotSettledError, match="checksum of moc_files is in the migrations only") as caught:
        settle(pushed, lend, folder=folder)
    assert "nox -s push" in str(caught.value)
    assert "nox -s reset" in str(caught.value)
    assert database_heads(pushed) == before
    assert was_pushed(pushed)


@pytest.mark.engines
def test_a_pushed_database_that_is_again_what_its_revision_makes_is_none(
    pushed: Postgres, folder: Path, scratch: Callable[[], Postgres], lend: Lend
) -> None:
    """Pushing what the models were before takes the note with it, and not before that."""
    assert not drop_note(pushed, lend, folder=folder)
    assert was_pushed(pushed)
    apply(pushed, plan(pushed, scratch()))
    assert was_pushed(pushed)
    assert drop_note(pushed, lend, folder=folder)
    assert not was_pushed(pushed)


@pytest.mark.engines
def test_a_pushed_database_of_another_branch_stays_one(
    pushed: Postgres, folder: Path, run: Callable[..., None], lend: Lend
) -> None:
    """What its revision makes can't be told here, and it is not stamped over."""
    run(pushed, "UPDATE alembic_version SET version_num = 'ofanother'")
    assert not drop_note(pushed, lend, folder=folder)
    with pytest.raises(UnknownRevisionError, match="ofanother"):
        settle(pushed, lend, folder=folder)
    assert database_heads(pushed) == {"ofanother"}
    assert was_pushed(pushed)


@pytest.mark.engines
def test_settling_can_be_ended(
    pushed: Postgres, folder: Path, scratch: Callable[[], Postgres], models: MetaData, lend: Lend
) -> None:
    """Whoever ends it finds the database as it was."""
    generate("the size", scratch(), scratch(), folder=folder, metadata=models)
    stop = Stop()
    stop.set()
    with pytest.raises(StoppedError):
        settle(pushed, lend, folder=folder, stop=stop)
    assert was_pushed(pushed)
