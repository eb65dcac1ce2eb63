"""The models go straight to a database, and it comes back under migrations afterwards."""

import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DDL, CheckConstraint, Column, Integer, MetaData, Text, event

from core import Postgres
from db.comparing import Catalog, differences, read
from db.generating import Generated, generate
from db.migrating import MIGRATIONS, upgrade
from db.migrating.standing import database_heads, heads_in
from db.models import Base
from db.programs import program_engine
from db.pushing.apply import apply
from db.pushing.errors import NotExpressedError, NotSettledError, StatementFailedError
from db.pushing.losses import widens
from db.pushing.plan import plan
from db.pushing.settle import settle, was_pushed

engines = pytest.mark.engines


def changed_models() -> MetaData:
    """Return a copy of the models with changes that lose nothing; its functions and triggers are those there are."""
    copy = MetaData(naming_convention=Base.metadata.naming_convention)
    pairs = [(Base.metadata, copy), *((table, table.to_metadata(copy)) for table in Base.metadata.tables.values())]
    for original, own in pairs:
        for name in ("before_create", "after_create", "after_drop"):
            for listener in getattr(original.dispatch, name):
                event.listen(own, name, listener)
    copy.tables["moc_files"].append_column(Column("size", Integer, index=True, unique=True))
    return copy


def schema_of(link: Postgres) -> Catalog:
    """Return the schema of a database."""
    engine = program_engine(link)
    try:
        with engine.connect() as connection:
            return read(connection)
    finally:
        engine.dispose()


def run(link: Postgres, *statements: str) -> None:
    """Run statements on a database."""
    engine = program_engine(link)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@pytest.fixture
def migrated(scratch: Callable[[], Postgres]) -> Postgres:
    """Return a database at head."""
    link = scratch()
    upgrade(link)
    return link


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the migrations that the test may add to."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def lend(scratch: Callable[[], Postgres]) -> Callable[[], AbstractContextManager[list[Postgres]]]:
    """Return what lends an empty database for a block."""

    @contextmanager
    def lent() -> Generator[list[Postgres]]:
        yield [scratch()]

    return lent


@engines
def test_nothing_is_planned_for_a_database_that_is_what_the_models_say(
    migrated: Postgres, scratch: Callable[[], Postgres]
) -> None:
    """There is nothing to push to a database at head."""
    planned = plan(migrated, scratch())
    assert (planned.differences, planned.statements, planned.loses) == ((), (), ())


@engines
def test_a_plan_changes_nothing(migrated: Postgres, scratch: Callable[[], Postgres]) -> None:
    """What is going to happen is told before it does."""
    before = schema_of(migrated)
    planned = plan(migrated, scratch(), metadata=changed_models())
    assert planned.statements == (
        "ALTER TABLE moc_files ADD COLUMN size INTEGER",
        "CREATE UNIQUE INDEX ix_moc_files_size ON moc_files (size)",
    )
    assert planned.loses == ()
    assert differences(schema_of(migrated), before) == ()
    assert not was_pushed(migrated)


@engines
def test_what_was_planned_is_done_and_noted(migrated: Postgres, scratch: Callable[[], Postgres]) -> None:
    """The database is what the models say then, and it is known to have been pushed to."""
    planned = plan(migrated, scratch(), metadata=changed_models())
    apply(migrated, planned)
    assert differences(planned.wanted, schema_of(migrated)) == ()
    assert was_pushed(migrated)


@engines
def test_everything_of_the_models_can_be_pushed_back(migrated: Postgres, scratch: Callable[[], Postgres]) -> None:
    """Whatever someone has done to the database by hand, functions, triggers, checks and predicates included."""
    run(
        migrated,
        "DROP TABLE moc_gallery_images, gallery_flags CASCADE",
        "DROP FUNCTION touch_updated_at() CASCADE",
        "ALTER TABLE moc_instructions DROP CONSTRAINT ck_moc_instructions_parts_count, ALTER parts_count TYPE text",
        "ALTER TABLE gallery_images ALTER flagged SET DEFAULT true, ALTER title DROP NOT NULL",
        "DROP INDEX uq_moc_instructions_sets",
        "CREATE UNIQUE INDEX uq_moc_instructions_sets ON moc_instructions (user_id, brand, set_number)",
        "CREATE FUNCTION extra() RETURNS text LANGUAGE sql AS 'SELECT '':a %%'''",
    )
    models = changed_models()
    function = "CREATE FUNCTION tabbed() RETURNS text LANGUAGE sql AS 'SELECT\t'':a %%'''"
    event.listen(models, "before_create", DDL(function))
    models.tables["wishlist_items"].append_constraint(CheckConstraint("title LIKE '%a'", "title"))
    models.tables["wishlist_items"].append_column(Column("note", Text, server_default="50 % :off"))
    planned = plan(migrated, scratch(), metadata=models)
    apply(migrated, planned)
    assert differences(planned.wanted, schema_of(migrated)) == ()


@engines
@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("CREATE TABLE notes (body text)", "table notes and its rows"),
        ("ALTER TABLE moc_files ADD COLUMN note text", "column note of moc_files and what is in it"),
        ("ALTER TABLE moc_parts_lists ALTER cost_estimate TYPE numeric(12, 2)", "from numeric(12,2) to numeric(10,2)"),
        ("ALTER TABLE moc_files ALTER file_url DROP NOT NULL", "this fails where a row has no value"),
    ],
)
def test_what_rows_would_lose_is_told(
    statement: str, lost: str, migrated: Postgres, scratch: Callable[[], Postgres]
) -> None:
    """A table or column that goes, a type that holds less, a value that must be there."""
    run(migrated, statement)
    (line,) = plan(migrated, scratch()).loses
    assert lost in line


@engines
def test_a_rename_is_warned_of(migrated: Postgres, scratch: Callable[[], Postgres]) -> None:
    """What looks like a rename would drop what is in the column."""
    run(migrated, "ALTER TABLE moc_files RENAME COLUMN mime_type TO media_type")
    (warning,) = plan(migrated, scratch()).warnings
    assert "media_type is dropped and mime_type added" in warning


@engines
def test_a_statement_that_fails_leaves_everything_as_it_was(
    migrated: Postgres, scratch: Callable[[], Postgres]
) -> None:
    """All or nothing: what went before it is undone, and the statement is named without the row's values."""
    run(
        migrated,
        "ALTER TABLE wishlist_items ALTER title DROP NOT NULL, DROP COLUMN category CASCADE",
        "INSERT INTO wishlist_items (user_id, sort_order) VALUES ('secret', 1)",
    )
    before = schema_of(migrated)
    with pytest.raises(StatementFailedError, match="nothing was done") as caught:
        apply(migrated, plan(migrated, scratch()))
    assert caught.value.statement == "ALTER TABLE wishlist_items ALTER COLUMN title SET NOT NULL"
    assert "secret" not in str(caught.value)
    assert differences(schema_of(migrated), before) == ()
    assert not was_pushed(migrated)


@engines
def test_what_can_not_be_pushed_is_named_and_nothing_is_done(
    migrated: Postgres, scratch: Callable[[], Postgres]
) -> None:
    """A view is nothing that a plan can express: half of the change would be worse than none."""
    models = changed_models()
    event.listen(models, "after_create", DDL("CREATE VIEW titles AS SELECT title FROM moc_instructions"))
    before = schema_of(migrated)
    with pytest.raises(NotExpressedError, match="view titles"):
        apply(migrated, plan(migrated, scratch(), metadata=models))
    assert differences(schema_of(migrated), before) == ()


@engines
def test_a_database_that_was_not_pushed_to_costs_a_look(
    migrated: Postgres, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """Where there is nothing to settle, no database is lent; also for one before its first migration."""

    def lend() -> AbstractContextManager[list[Postgres]]:
        pytest.fail("a database was asked for")

    assert not settle(migrated, lend, folder=folder)
    assert not settle(scratch(), lend, folder=folder)


@engines
def test_a_pushed_database_is_at_head_once_the_migrations_have_caught_up(
    migrated: Postgres,
    folder: Path,
    scratch: Callable[[], Postgres],
    lend: Callable[[], AbstractContextManager[list[Postgres]]],
) -> None:
    """The revision that was generated of what was pushed is not applied: its work is done, its rows stay."""
    models = changed_models()
    apply(migrated, plan(migrated, scratch(), metadata=models))
    run(migrated, "INSERT INTO wishlist_items (user_id, title, sort_order) VALUES ('a', 'b', 1)")
    assert not settle(migrated, lend, folder=folder)  # there is no revision that it has not
    assert was_pushed(migrated)
    assert isinstance(generate("the size", scratch(), scratch(), folder=folder, metadata=models), Generated)
    assert settle(migrated, lend, folder=folder)
    assert database_heads(migrated) == heads_in(folder)
    assert not was_pushed(migrated)
    assert upgrade(migrated, folder=folder).applied == ()


@engines
def test_a_pushed_database_that_the_migrations_do_not_make_has_two_ways_on(
    migrated: Postgres,
    folder: Path,
    scratch: Callable[[], Postgres],
    lend: Callable[[], AbstractContextManager[list[Postgres]]],
) -> None:
    """It stays as it is, and the error says how it differs and what to run."""
    models = changed_models()
    apply(migrated, plan(migrated, scratch(), metadata=models))
    models.tables["moc_files"].append_column(Column("checksum", Text))
    generate("the size and more", scratch(), scratch(), folder=folder, metadata=models)
    before = database_heads(migrated)
    with pytest.raises(NotSettledError, match="checksum of moc_files is in the migrations only") as caught:
        settle(migrated, lend, folder=folder)
    assert "nox -s push" in str(caught.value)
    assert "nox -s reset" in str(caught.value)
    assert database_heads(migrated) == before
    assert was_pushed(migrated)


@given(digits=st.integers(1, 20), scale=st.integers(0, 10), more=st.integers(0, 9), finer=st.integers(0, 9))
def test_a_numeric_of_more_digits_on_both_sides_holds_all_of_one_of_less(
    digits: int, scale: int, more: int, finer: int
) -> None:
    """It does, and the other way round only if they are the same."""
    small, large = f"numeric({digits + scale},{scale})", f"numeric({digits + scale + more + finer},{scale + finer})"
    assert widens(small, large)
    assert widens(large, small) == (small == large)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("integer", "bigint", True),
        ("bigint", "integer", False),
        ("integer", "numeric", True),
        ("numeric(5,2)", "numeric", True),
        ("numeric", "numeric(5,2)", False),
        ("character varying(9)", "character varying(10)", True),
        ("character varying(10)", "character varying(9)", False),
        ("character varying(9)", "character varying", True),
        ("character varying(9)", "text", True),
        ("text", "character varying(9)", False),
        ("text", "integer", False),
        ("numeric(5,2)", "character varying(9)", False),
        ("timestamp with time zone", "date", False),
    ],
)
def test_only_a_type_that_holds_every_value_of_another_loses_none(old: str, new: str, *, expected: bool) -> None:
    """What is not known to fit counts as lost."""
    assert widens(old, new) is expected
