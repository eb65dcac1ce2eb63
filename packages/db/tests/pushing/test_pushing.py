"""The models go straight to a database, all or nothing."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DDL, CheckConstraint, Column, MetaData, Text, event, text

from core import Postgres
from db.comparing import Catalog, differences, looking_at
from db.migrating import Limits, Stop, StoppedError
from db.migrating.lock import migrating_alone
from db.pushing import (
    LockedOutError,
    NotExpressedError,
    RefusedError,
    StatementFailedError,
    apply,
    plan,
    was_pushed,
)
from db.pushing.losses import widens

engines = pytest.mark.engines


@engines
def test_nothing_is_planned_for_a_database_that_is_what_the_models_say(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
) -> None:
    """There is nothing to push to a database at head."""
    planned = plan(migrated, scratch())
    assert (planned.differences, planned.statements, planned.loses) == ((), (), ())


@engines
def test_a_plan_changes_nothing(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    models: MetaData,
    schema_of: Callable[..., Catalog],
) -> None:
    """What is going to happen is told before it does."""
    before = schema_of(migrated)
    planned = plan(migrated, scratch(), metadata=models)
    assert planned.statements == (
        "ALTER TABLE moc_files ADD COLUMN size INTEGER",
        "CREATE UNIQUE INDEX ix_moc_files_size ON moc_files (size)",
    )
    assert planned.loses == ()
    assert differences(schema_of(migrated), before) == ()
    assert not was_pushed(migrated)


@engines
def test_what_was_planned_is_done_and_noted(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    models: MetaData,
    schema_of: Callable[..., Catalog],
) -> None:
    """The database is what the models say then, and it is known to have been pushed to."""
    planned = plan(migrated, scratch(), metadata=models)
    apply(migrated, planned)
    assert differences(planned.wanted, schema_of(migrated)) == ()
    assert was_pushed(migrated)


@engines
def test_everything_of_the_models_can_be_pushed_back(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    models: MetaData,
    schema_of: Callable[..., Catalog],
    run: Callable[..., None],
) -> None:
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
    statement: str,
    lost: str,
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    run: Callable[..., None],
) -> None:
    """A table or column that goes, a type that holds less, a value that must be there."""
    run(migrated, statement)
    (line,) = plan(migrated, scratch()).loses
    assert lost in line


@engines
def test_a_rename_is_warned_of(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    run: Callable[..., None],
) -> None:
    """What looks like a rename would drop what is in the column."""
    run(migrated, "ALTER TABLE moc_files RENAME COLUMN mime_type TO media_type")
    (warning,) = plan(migrated, scratch()).warnings
    assert "media_type of moc_files is dropped and mime_type added" in warning
    assert "`ALTER TABLE moc_files RENAME COLUMN media_type TO mime_type`" in warning
    assert "op." not in warning  # there is no file to write it into


@engines
def test_what_differs_in_its_name_only_is_renamed(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    run: Callable[..., None],
    schema_of: Callable[..., Catalog],
) -> None:
    """An index and a key are not made anew."""
    run(
        migrated,
        'ALTER INDEX ix_moc_instructions_title RENAME TO "By Title"',
        "ALTER TABLE wishlist_items RENAME CONSTRAINT pk_wishlist_items TO wishlist_items_pkey",
    )
    planned = plan(migrated, scratch())
    assert sorted(planned.statements) == [
        'ALTER INDEX "By Title" RENAME TO ix_moc_instructions_title',
        "ALTER TABLE wishlist_items RENAME CONSTRAINT wishlist_items_pkey TO pk_wishlist_items",
    ]
    apply(migrated, planned)
    assert differences(planned.wanted, schema_of(migrated)) == ()


@engines
def test_a_statement_that_fails_leaves_everything_as_it_was(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    schema_of: Callable[..., Catalog],
    run: Callable[..., None],
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
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    models: MetaData,
    schema_of: Callable[..., Catalog],
) -> None:
    """A view is nothing that a plan can express: half of the change would be worse than none."""
    event.listen(models, "after_create", DDL("CREATE VIEW titles AS SELECT title FROM moc_instructions"))
    before = schema_of(migrated)
    with pytest.raises(NotExpressedError, match="view titles"):
        apply(migrated, plan(migrated, scratch(), metadata=models))
    assert differences(schema_of(migrated), before) == ()


@engines
@pytest.mark.parametrize("ended", [False, True])
def test_what_another_holds_is_waited_for_no_longer_than_the_limit_or_the_end(
    migrated: Postgres, scratch: Callable[[], Postgres], models: MetaData, *, ended: bool
) -> None:
    """The error names the table and the process that has it; nothing is done."""
    planned, stop = plan(migrated, scratch(), metadata=models), Stop()
    with looking_at(migrated) as other, ThreadPoolExecutor() as threads:
        process = other.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT * FROM moc_files"))
        pushing = threads.submit(apply, migrated, planned, limits=Limits(lock=30 if ended else 0.2), stop=stop)
        if ended:
            until = monotonic() + 30
            waiting = text(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            while not other.scalar(waiting):
                assert monotonic() < until, "it waits for nothing"
            stop.set()
            with pytest.raises(StoppedError, match="nothing changed"):
                pushing.result(30)
        else:
            with pytest.raises(LockedOutError, match=f"moc_files by process {process} "):
                pushing.result(30)
    assert not was_pushed(migrated)


@engines
def test_nothing_is_pushed_while_a_migration_runs(
    migrated: Postgres, scratch: Callable[[], Postgres], models: MetaData
) -> None:
    """It says that it waits, and can be ended in that."""
    planned, stop = plan(migrated, scratch(), metadata=models), Stop()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        stop.set()

    with (
        migrating_alone(migrated, patience=0, say=pytest.fail, stop=Stop()),
        pytest.raises(StoppedError, match="another program migrates"),
    ):
        apply(migrated, planned, say=say, stop=stop)
    assert said == ["another program migrates this database: waiting for it"]
    assert not was_pushed(migrated)


@engines
def test_what_fails_at_the_end_of_the_transaction_is_a_line_too(
    migrated: Postgres,
    scratch: Callable[[], Postgres],
    run: Callable[..., None],
    schema_of: Callable[..., Catalog],
) -> None:
    """A constraint that is checked then is no statement's; the row's values are not told."""
    run(migrated, "CREATE TABLE ours (a text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    planned = plan(migrated, scratch())
    insert = "INSERT INTO ours VALUES ('secret'), ('secret')"
    present = dataclasses.replace(planned, statements=(insert,), wanted=schema_of(migrated))
    with pytest.raises(RefusedError, match="nothing was done: PostgreSQL: duplicate key") as caught:
        apply(migrated, present)
    assert "secret" not in str(caught.value)


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
