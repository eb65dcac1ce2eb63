"""Concurrent indexes: outside of a transaction, alone in their revision, and repeatable."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from core import Postgres
from db.migrating import RevisionFailedError, RevisionFormError, downgrade, upgrade

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines

CREATE = "create_index('ix_first_id', 'first', ['id'])"
UNIQUE = "create_index('ix_first_id', 'first', ['id'], unique=True)"
DROP = "drop_index('ix_first_id', 'first')"
STATE = "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = to_regclass('ix_first_id')"


Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]


@pytest.fixture
def indexed(folder: "Folder") -> "Folder":
    """Return a folder with a table, and then an index made concurrently."""
    folder.add("first", "CREATE TABLE first (id int)", "DROP TABLE first")
    folder.add("index", [CREATE], [DROP], attributes="concurrent = True")
    return folder


def test_it_is_made_and_dropped(scratch: Scratch, indexed: "Folder", look_at: LookAt) -> None:
    """Up makes a valid index, down drops it."""
    link = scratch()
    upgrade(link, folder=indexed.path)
    assert look_at(link).rows(STATE) == [(True, False)]
    downgrade(link, "-1", folder=indexed.path)
    assert look_at(link).rows(STATE) == []
    assert look_at(link).version() == ["first"]


def test_an_invalid_leftover_is_replaced(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """What a failed or killed run has left, an index that is not valid, makes room for a valid one."""
    folder.add("first", "CREATE TABLE first (id int)", "DROP TABLE first")
    folder.add("index", [UNIQUE], [DROP], attributes="concurrent = True")
    link = scratch()
    upgrade(link, to="first", folder=folder.path)
    look = look_at(link)
    look.connection.execute("INSERT INTO first VALUES (1), (1)")
    with pytest.raises(RevisionFailedError, match=r"(?s)index .*CREATE UNIQUE INDEX CONCURRENTLY.*could not create"):
        upgrade(link, folder=folder.path)
    assert look.rows(STATE) == [(False, True)]  # a genuine leftover
    assert look.version() == ["first"]
    look.connection.execute("DELETE FROM first")
    upgrade(link, folder=folder.path)
    assert look.rows(STATE) == [(True, True)]
    assert look.version() == ["index"]


def test_what_is_there_stays(scratch: Scratch, indexed: "Folder", look_at: LookAt) -> None:
    """Killed between the statement and its stamp: the index is not made again."""
    link = scratch()
    upgrade(link, to="first", folder=indexed.path)
    look = look_at(link)
    look.connection.execute("CREATE INDEX ix_first_id ON first (id)")
    before = look.rows("SELECT to_regclass('ix_first_id')::oid")
    upgrade(link, folder=indexed.path)
    assert look.rows("SELECT to_regclass('ix_first_id')::oid") == before
    assert look.version() == ["index"]
    look.connection.execute("DROP INDEX ix_first_id")
    downgrade(link, "-1", folder=indexed.path)
    assert look.version() == ["first"]


def test_a_name_on_another_table_is_not_taken_for_it(scratch: Scratch, indexed: "Folder", look_at: LookAt) -> None:
    """An index of the same name elsewhere is an error, not a success."""
    link = scratch()
    upgrade(link, to="first", folder=indexed.path)
    look_at(link).connection.execute("CREATE TABLE other (id int); CREATE INDEX ix_first_id ON other (id)")
    with pytest.raises(RevisionFailedError, match="already exists"):
        upgrade(link, folder=indexed.path)


FORM = {
    "other statement": (["op.execute('SELECT 1')"], "concurrent = True", "SELECT 1"),
    "and another statement": ([CREATE, "op.execute('SELECT 1')"], "concurrent = True", "SELECT 1"),
    "two indexes": ([CREATE, "create_index('ix_two', 'first', ['id'])"], "concurrent = True", "more than one index"),
    "nothing": (["pass"], "concurrent = True", "makes or drops no index"),
    "unmarked": ([CREATE], "", "concurrent = True"),
    "unmarked and false": ([CREATE], "concurrent = False", "concurrent = True"),
}


@pytest.mark.parametrize("case", FORM)
def test_a_revision_of_another_form_is_named(scratch: Scratch, folder: "Folder", look_at: LookAt, case: str) -> None:
    """Marked and doing something else, or doing it without the mark: neither is stamped."""
    up, attributes, said = FORM[case]
    folder.add("first", "CREATE TABLE first (id int)")
    folder.add("index", up, attributes=attributes)
    link = scratch()
    with pytest.raises(RevisionFormError, match=rf"(?s)index \(index_test.py\).*{said}") as raised:
        upgrade(link, folder=folder.path)
    assert (raised.value.revision, raised.value.file) == ("index", "index_test.py")
    assert look_at(link).version() == ["first"]
    assert look_at(link).rows("SELECT to_regclass('ix_two')") == [(None,)]


@pytest.mark.parametrize(
    "statement",
    [
        "op.execute('CREATE INDEX CONCURRENTLY ix_first_id ON first (id)')",
        "op.create_index('ix_first_id', 'first', ['id'], postgresql_concurrently=True)",
    ],
)
def test_concurrently_by_other_means_is_refused(scratch: Scratch, folder: "Folder", statement: str) -> None:
    """Raw SQL and Alembic's own way fail in a transaction; the error says how it is done."""
    folder.add("first", "CREATE TABLE first (id int)")
    folder.add("index", [statement])
    with pytest.raises(RevisionFailedError, match=r"(?s)index \(index_test.py\).*concurrent = True"):
        upgrade(scratch(), folder=folder.path)


def test_alembics_own_way_out_of_a_transaction_is_none(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """A block that commits would leave a revision half done."""
    folder.add("first", "CREATE TABLE first (id int)")
    block = ["op.execute('CREATE TABLE half ()')", "with op.get_context().autocommit_block():", "    pass"]
    folder.add("second", block)
    link = scratch()
    with pytest.raises(RevisionFormError, match=r"second .*autocommit_block"):
        upgrade(link, folder=folder.path)
    assert look_at(link).version() == ["first"]
    assert look_at(link).rows("SELECT to_regclass('half')") == [(None,)]
