"""The columns of the nine tables, against the domain's facts: types, what must be there, what is filled in."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, RowMapping, func, select, text
from sqlalchemy.exc import DataError, IntegrityError

from db.models import Base

pytestmark = pytest.mark.engines

Put = Callable[..., RowMapping]

TIMES = "created_at timestamptz!, updated_at timestamptz!"
LAST_TIMES = "created_at timestamptz!, last_updated_at timestamptz!"
COLUMNS = {
    "gallery_images": (
        "id uuid!, user_id text!, title text!, description text, tags jsonb, image_url text!, thumbnail_url text,"
        f" album_id uuid, flagged boolean!, {LAST_TIMES}"
    ),
    "gallery_albums": f"id uuid!, user_id text!, title text!, description text, cover_image_id uuid, {LAST_TIMES}",
    "gallery_flags": f"id uuid!, image_id uuid!, user_id text!, reason text, {LAST_TIMES}",
    "moc_instructions": (
        "id uuid!, user_id text!, title text!, description text, type text!, author text, parts_count integer,"
        " theme text, subtheme text, uploaded_date date, brand text, set_number text, release_year integer,"
        f" retired boolean, tags jsonb, thumbnail_url text, total_piece_count integer, {TIMES}"
    ),
    "moc_files": (
        "id uuid!, moc_id uuid!, file_type text!, file_url text!, original_filename text, mime_type text,"
        " created_at timestamptz!"
    ),
    "moc_gallery_images": "id uuid!, moc_id uuid!, gallery_image_id uuid!",
    "moc_gallery_albums": "id uuid!, moc_id uuid!, gallery_album_id uuid!",
    "wishlist_items": (
        "id uuid!, user_id text!, title text!, description text, product_link text, image_url text, category text,"
        f" sort_order integer!, {TIMES}"
    ),
    "moc_parts_lists": (
        "id uuid!, moc_id uuid!, file_id uuid, title text!, description text, built boolean!, purchased boolean!,"
        " inventory_percentage numeric(5,2), total_parts_count integer, acquired_parts_count integer,"
        f" cost_estimate numeric(10,2), actual_cost numeric(10,2), notes text, {TIMES}"
    ),
}
"""The tables of domain.md, with PostgreSQL's types; `!` is NOT NULL."""


def columns(*, required: bool) -> list[tuple[str, str]]:
    """Return table and name of the columns that must be there, or of those that may be absent."""
    return [
        (table, column.split()[0])
        for table, listed in COLUMNS.items()
        for column in listed.split(", ")
        if column.endswith("!") == required
    ]


DEFAULTS: dict[str, Callable[[object, datetime], bool]] = {
    "id": lambda value, _now: isinstance(value, UUID) and value.version == 4,
    "flagged": lambda value, _now: value is False,
    "built": lambda value, _now: value is False,
    "purchased": lambda value, _now: value is False,
    "created_at": lambda value, now: value == now,
    "updated_at": lambda value, now: value == now,
    "last_updated_at": lambda value, now: value == now,
}
"""What a column of that name, in any table, holds where a statement says nothing of it."""


def test_each_table_has_the_columns_of_the_domain(connection: Connection) -> None:
    """Names, order, types and NOT NULL are those of domain.md, and there is no other table."""
    found = connection.execute(
        text("""
            SELECT relname, string_agg(
              attname || ' ' || replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz')
                || CASE WHEN attnotnull THEN '!' ELSE '' END, ', ' ORDER BY attnum)
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
            GROUP BY relname
        """)
    ).all()
    assert {name: listed for name, listed in found} == COLUMNS  # noqa: C416  # dict() is not typed for rows


def test_the_models_are_the_tables_of_the_domain() -> None:
    """No model is forgotten."""
    assert set(Base.metadata.tables) == set(COLUMNS)


@pytest.mark.parametrize(("table", "column"), columns(required=True), ids=".".join)
def test_what_is_required_can_not_be_null(connection: Connection, put: Put, table: str, column: str) -> None:
    """A row without it is refused, and the error names table and column."""
    put(table)
    with pytest.raises(IntegrityError) as caught, connection.begin_nested():
        put(table, **{column: None})
    refused = caught.value.orig
    assert isinstance(refused, psycopg.errors.NotNullViolation)
    assert refused.sqlstate == "23502"
    assert (refused.diag.table_name, refused.diag.column_name) == (table, column)


@pytest.mark.parametrize("table", COLUMNS)
def test_what_is_not_required_may_be_null(put: Put, table: str) -> None:
    """A row of nothing but what is required is a row."""
    required = dict.fromkeys(column for name, column in columns(required=False) if name == table)
    if table == "moc_instructions":
        del required["author"]  # a MOC has one, a set has not: see test_constraints
    row = put(table, **required)
    assert all(row[column] is None for column in required)


def test_each_default_is_one_that_is_tested(connection: Connection) -> None:
    """A default that the schema gains is to gain an expectation, and the other way round."""
    found = connection.execute(
        text("SELECT table_name, column_name FROM information_schema.columns"
             " WHERE table_schema = 'public' AND column_default IS NOT NULL")
    ).all()  # fmt: skip
    expected = [(table, column) for table, column in columns(required=True) if column in DEFAULTS]
    assert sorted((table, column) for table, column in found) == sorted(expected)


@pytest.mark.parametrize(("table", "column"), [at for at in columns(required=True) if at[1] in DEFAULTS], ids=".".join)
def test_a_default_is_filled_in(connection: Connection, put: Put, table: str, column: str) -> None:
    """A statement that says nothing of a column leaves it to the database; one that does has its way."""
    now = connection.execute(select(func.now())).scalar_one()
    filled = put(table)[column]
    assert DEFAULTS[column](filled, now)
    own: object = UUID(int=7) if column == "id" else True if filled is False else datetime(2020, 1, 2, tzinfo=UTC)
    assert put(table, **{column: own})[column] == own


@pytest.mark.parametrize("column", ["cost_estimate", "actual_cost"])
def test_an_amount_is_exact_to_the_cent(connection: Connection, put: Put, column: str) -> None:
    """It is a number of cents up to 99,999,999.99; a greater one is refused, not cut."""
    assert put("moc_parts_lists", **{column: Decimal("99999999.99")})[column] == Decimal("99999999.99")
    with pytest.raises(DataError) as caught, connection.begin_nested():
        put("moc_parts_lists", **{column: Decimal(100_000_000)})
    assert isinstance(caught.value.orig, psycopg.errors.NumericValueOutOfRange)


@pytest.mark.parametrize("table", ["gallery_images", "moc_instructions"])
def test_tags_are_a_list_of_strings_and_their_absence_is_null(connection: Connection, put: Put, table: str) -> None:
    """What is written comes back; no tags are SQL's NULL, which a query finds, and not a `null` inside of JSON."""
    tags = ["Château", "mit „Anführung“", "城"]
    assert put(table, tags=tags)["tags"] == tags
    absent = put(table, tags=None)["id"]
    found = connection.execute(text(f"SELECT tags IS NULL FROM {table} WHERE id = :id"), {"id": absent})  # noqa: S608
    assert found.scalar_one() is True
