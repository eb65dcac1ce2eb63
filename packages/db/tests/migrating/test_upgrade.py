"""Up to head and back, a transaction for each revision."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import Postgres
from db.migrating import (
    Limits,
    RevisionFailedError,
    RevisionFilesError,
    RevisionFormError,
    TargetError,
    TwoHeadsError,
    UnknownRevisionError,
    downgrade,
    history,
    is_at_head,
    upgrade,
)

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines


Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]


def test_it_goes_to_head_once(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Every revision is applied, in order and once, and each is said."""
    for name in ("first", "second", "third"):
        folder.table(name)
    link, said = scratch(), list[str]()
    assert not is_at_head(link, folder=folder.path)
    done = upgrade(link, folder=folder.path, say=said.append)
    assert (done.before, done.after, done.applied) == (None, "third", ("first", "second", "third"))
    assert [line.split()[0] for line in said] == ["first", "second", "third"]
    assert look_at(link).tables() == {"first", "second", "third"}
    assert is_at_head(link, folder=folder.path)
    again = upgrade(link, folder=folder.path)
    assert (again.before, again.after, again.applied) == ("third", "third", ())


def test_targets(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """A revision is named by its id, by what it begins with, relatively, or as head and base."""
    for name in ("first", "second", "third"):
        folder.table(name)
    link = scratch()
    assert upgrade(link, to="seco", folder=folder.path).applied == ("first", "second")
    assert upgrade(link, to="+1", folder=folder.path).applied == ("third",)
    assert downgrade(link, "-1", folder=folder.path).reverted == ("third",)
    assert downgrade(link, "second", folder=folder.path).reverted == ()
    assert downgrade(link, "base", folder=folder.path).reverted == ("second", "first")
    assert look_at(link).tables() == set()
    assert look_at(link).version() == []


@pytest.mark.parametrize("target", ["nowhere", "-4", "third", "x y", "", "shared"])
def test_a_target_that_is_none_is_named(scratch: Scratch, folder: "Folder", target: str) -> None:
    """What can't be gone back to is an error that says so, and nothing happens."""
    for name in ("first", "second", "third", "shared_a", "shared_b"):
        folder.table(name)
    link = scratch()
    upgrade(link, to="second", folder=folder.path)
    with pytest.raises(TargetError) as raised:
        downgrade(link, target, folder=folder.path)
    assert raised.value.target == target
    assert repr(target) in str(raised.value)
    assert [listed.revision for listed in history(link, folder=folder.path) if listed.current] == ["second"]


@pytest.mark.parametrize(
    ("go", "target", "said"),
    [
        (downgrade, "-9", "2 can be taken back from second.*nox -s history"),
        (downgrade, "+1", "a downgrade goes back.*nox -s migrate"),
        (downgrade, "shared", "shared_a, shared_b begin with it"),
        (downgrade, "third", "it is not behind second"),
        (downgrade, "nowhere", "there is no such revision.*nox -s history"),
        (upgrade, "+9", "fewer revisions than that are ahead of second"),
        (upgrade, "-1", "an upgrade goes ahead.*nox -s downgrade -- -1"),
    ],
)
def test_a_target_that_is_none_is_explained(
    scratch: Scratch, folder: "Folder", go: Callable[..., object], target: str, said: str
) -> None:
    """Why there is no way is said in this project's words, with what to give instead."""
    for name in ("first", "second", "third", "shared_a", "shared_b"):
        folder.table(name)
    link = scratch()
    upgrade(link, to="second", folder=folder.path)
    with pytest.raises(TargetError, match=f"can't go to {re.escape(repr(target))}: {said}") as raised:
        go(link, to=target, folder=folder.path)
    assert "Alembic" not in str(raised.value)
    assert "didn't produce" not in str(raised.value)


def test_history_tells_where_a_database_stands(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Each revision is applied, current or pending; looking makes nothing, Alembic's table included."""
    folder.table("first")
    folder.add("second", "SELECT 1", message="the second of them")
    folder.table("third")
    link = scratch()
    assert [listed.applied for listed in history(link, folder=folder.path)] == [False, False, False]
    assert look_at(link).rows("SELECT to_regclass('alembic_version')") == [(None,)]
    upgrade(link, to="second", folder=folder.path)
    listed = history(link, folder=folder.path)
    assert [(one.revision, one.applied, one.current) for one in listed] == [
        ("first", True, False),
        ("second", True, True),
        ("third", False, False),
    ]
    assert listed[1].message == "the second of them"
    assert str(listed[1].date) == "2026-11-22"


def test_a_failing_revision_leaves_the_one_before(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """What it did before it failed is undone, and the error tells statement, revision, file and PostgreSQL's words."""
    folder.table("first")
    folder.add("second", ["op.execute('CREATE TABLE half ()')", "op.execute('CREATE TABLE first ()')"])
    link = scratch()
    with pytest.raises(RevisionFailedError) as raised:
        upgrade(link, folder=folder.path)
    error = raised.value
    assert (error.revision, error.file, error.statement) == ("second", "second_test.py", "CREATE TABLE first ()")
    assert 'relation "first" already exists' in str(error)
    assert (look_at(link).tables(), look_at(link).version()) == ({"first"}, ["first"])


def test_an_error_tells_no_value(scratch: Scratch, folder: "Folder") -> None:
    """Values of parameters and of rows are none of a log's business."""
    folder.table("first")
    rows = "[{'id': 4711}, {'id': 4711}]"
    insert = f"op.bulk_insert(sa.table('first', sa.column('id', sa.Integer)), {rows})"
    folder.add("second", ["import sqlalchemy as sa", insert])
    with pytest.raises(RevisionFailedError) as raised:
        upgrade(scratch(), folder=folder.path)
    assert raised.value.statement is not None
    assert "INSERT INTO first" in raised.value.statement
    assert "duplicate key" in str(raised.value)
    assert "4711" not in str(raised.value)


def test_a_failing_way_back_leaves_the_one_it_was_at(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Down is as whole as up."""
    folder.table("first")
    folder.add("second", "CREATE TABLE second ()", ["op.execute('DROP TABLE second')", "raise ZeroDivisionError('no')"])
    link = scratch()
    upgrade(link, folder=folder.path)
    with pytest.raises(
        RevisionFailedError, match=r"second \(second_test.py\) failed: second_test.py:[0-9]+: ZeroDivisionError: no"
    ):
        downgrade(link, "base", folder=folder.path)
    assert (look_at(link).tables(), look_at(link).version()) == ({"first", "second"}, ["second"])


def test_what_fails_at_the_commit_is_undone(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """A constraint that is checked at the end fails its revision."""
    deferred = "CREATE TABLE late (id int REFERENCES first DEFERRABLE INITIALLY DEFERRED)"
    folder.table("first")
    folder.add("second", [f"op.execute({deferred!r})", "op.execute('INSERT INTO late VALUES (1)')"])
    link = scratch()
    with pytest.raises(RevisionFailedError, match=r"second_test.py.*violates foreign key"):
        upgrade(link, folder=folder.path)
    assert look_at(link).tables() == {"first"}


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK", "COMMIT; CREATE TABLE after ()"])
def test_a_revision_that_ends_its_transaction_is_refused(scratch: Scratch, folder: "Folder", ending: str) -> None:
    """It could be half done: the revision is named."""
    folder.add("first", ["op.execute('CREATE TABLE half ()')", f"op.execute({ending!r})"])
    with pytest.raises(RevisionFormError, match=r"first \(first_test.py\) ends the transaction"):
        upgrade(scratch(), folder=folder.path)


def test_two_heads_are_named(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Nothing is applied while there are two, and the error says which they are and what to do."""
    folder.table("first")
    folder.add("second", "SELECT 1", after="first")
    folder.add("other", "SELECT 1", after="first")
    link = scratch()
    assert not is_at_head(link, folder=folder.path)
    with pytest.raises(
        TwoHeadsError, match=r"other \(other_test.py\) and second \(second_test.py\).*down_revision"
    ) as raised:
        upgrade(link, folder=folder.path)
    assert raised.value.heads == ("other", "second")
    assert look_at(link).tables() == set()


def test_a_revision_that_merges_is_applied(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """Where both branches are out already, a revision may have both before it."""
    folder.table("first")
    folder.add("second", "SELECT 1", after="first")
    folder.add("other", "SELECT 1", after="first")
    folder.add("both", "SELECT 1").write_text(
        (folder.path / "versions" / "both_test.py").read_text().replace("= 'other'", "= ('second', 'other')")
    )
    link = scratch()
    assert upgrade(link, folder=folder.path).after == "both"
    assert is_at_head(link, folder=folder.path)
    assert downgrade(link, "base", folder=folder.path).after is None
    assert look_at(link).tables() == set()


def test_an_unknown_revision_is_named(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """A database that is ahead of these files, or of another branch, is left alone."""
    folder.table("first")
    later = folder.table("later")
    link = scratch()
    upgrade(link, folder=folder.path)
    later.unlink()
    assert not is_at_head(link, folder=folder.path)
    goes: list[Callable[[], object]] = [
        lambda: upgrade(link, folder=folder.path),
        lambda: history(link, folder=folder.path),
        lambda: downgrade(link, "base", folder=folder.path),
    ]
    for go in goes:
        with pytest.raises(UnknownRevisionError) as raised:
            go()
        assert raised.value.revision == "later"
    assert look_at(link).version() == ["later"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def upgrade(:", "broken.py"),
        ("import nothing_of_that_name", "broken.py:1: ModuleNotFoundError"),
        ("1 / 0", "broken.py:1: ZeroDivisionError"),
        ("x = 1", "broken.py has no `revision"),
        ("revision = 'first'\ndown_revision = None", "broken.py and first_test.py both have the id 'first'"),
        ("revision = 'late'\ndown_revision = 'gone'", "broken.py follows 'gone' .*no file has that id"),
        ("revision = 'late'\ndown_revision = 'late'", "broken.py: a circle"),
    ],
)
def test_a_file_that_is_no_revision_is_named(scratch: Scratch, folder: "Folder", text: str, said: str) -> None:
    """What is wrong with the files is told before the database is touched."""
    folder.table("first")
    (folder.path / "versions" / "broken.py").write_text(text)
    with pytest.raises(RevisionFilesError, match=said):
        upgrade(scratch(), folder=folder.path)


def test_without_revisions_there_is_nothing_to_do(scratch: Scratch, folder: "Folder", look_at: LookAt) -> None:
    """The first revision may be yet to come: the database is ready for it."""
    link = scratch()
    assert not is_at_head(link, folder=folder.path)
    done = upgrade(link, folder=folder.path)
    assert (done.before, done.after, done.applied) == (None, None, ())
    assert look_at(link).version() == []
    assert history(link, folder=folder.path) == ()


def test_a_statement_has_its_time(scratch: Scratch, folder: "Folder") -> None:
    """A statement that takes longer ends on the server; a revision may ask for more."""
    folder.add("first", "SELECT pg_sleep(0.5)", attributes="statement_seconds = 30")
    folder.add("second", "SELECT pg_sleep(30)")
    link = scratch()
    with pytest.raises(RevisionFailedError, match=r"(?s)second .*statement timeout.*statement_seconds"):
        upgrade(link, folder=folder.path, limits=Limits(statement=0.1))
    assert upgrade(link, to="first", folder=folder.path).before == "first"


STEPS = ("one_a", "two_b", "three", "four_c", "five_d")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(targets=st.lists(st.integers(0, len(STEPS)), min_size=1, max_size=5))
def test_a_walk_ends_where_it_was_to(scratch: Scratch, walked: "Folder", look_at: LookAt, targets: list[int]) -> None:
    """Whatever the way up and down, the version and the tables are those of the last target."""
    link, at = scratch(), 0
    for target in targets:
        name = STEPS[target - 1] if target else "base"
        if target >= at:
            done = upgrade(link, to=name, folder=walked.path).applied
        else:
            done = downgrade(link, name, folder=walked.path).reverted
        assert done == (STEPS[at:target] if target >= at else STEPS[target:at][::-1])
        at = target
        look = look_at(link)
        assert look.tables() == set(STEPS[:at])
        assert look.version() == list(STEPS[at - 1 : at] if at else [])
        assert is_at_head(link, folder=walked.path) == (at == len(STEPS))


@pytest.fixture
def walked(folder: "Folder") -> "Folder":
    """Return a folder of a chain of revisions."""
    for name in STEPS:
        folder.table(name)
    return folder
