"""Each constraint of the schema, with rows that pass and rows that must fail, and with which error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, RowMapping, text
from sqlalchemy.exc import IntegrityError

from db.models import Base

pytestmark = pytest.mark.engines

Put = Callable[..., RowMapping]
Values = dict[str, object]

MOC: Values = {"type": "moc", "author": "Ada", "brand": None}
SET: Values = {"type": "set", "brand": "LEGO", "author": None}
CAR: Values = {**SET, "set_number": "42083"}


@dataclass(frozen=True)
class Check:
    """A check, by what it accepts and what it refuses."""

    name: str
    table: str
    accepted: tuple[Values, ...]
    refused: tuple[Values, ...]


def at_least(table: str, column: str, least: int, **others: object) -> Check:
    """Return the check that a column is absent or not less than a number."""
    accepted = [{**others, column: value} for value in (None, least, least + 1)]
    return Check(f"ck_{table}_{column}", table, tuple(accepted), ({**others, column: least - 1},))


def not_negative(column: str) -> Check:
    """Return the check that an amount is absent, or a number and not negative."""
    accepted: list[Values] = [{column: value} for value in (None, 0, "0.01")]
    refused: list[Values] = [{column: value} for value in ("-0.01", "NaN")]
    return Check(f"ck_moc_parts_lists_{column}", "moc_parts_lists", tuple(accepted), tuple(refused))


CHECKS = (
    Check("ck_moc_instructions_type", "moc_instructions", (MOC, SET), ({**MOC, "type": "kit"}, {**MOC, "type": "Moc"})),
    Check("ck_moc_instructions_moc_has_author", "moc_instructions", (MOC, {**MOC, **SET}), ({**MOC, "author": None},)),
    Check("ck_moc_instructions_set_has_brand", "moc_instructions", (SET, {**SET, **MOC}), ({**SET, "brand": None},)),
    at_least("moc_instructions", "release_year", 1950),
    at_least("moc_instructions", "parts_count", 0),
    at_least("moc_instructions", "total_piece_count", 0),
    Check(
        "ck_moc_files_file_type",
        "moc_files",
        tuple({"file_type": kind} for kind in ("instruction", "parts-list", "thumbnail", "gallery-image")),
        tuple({"file_type": kind} for kind in ("instructions", "parts_list", "")),
    ),
    Check(
        "ck_moc_parts_lists_inventory_percentage",
        "moc_parts_lists",
        tuple({"inventory_percentage": value} for value in (None, 0, "33.33", 100)),
        tuple({"inventory_percentage": value} for value in ("-0.01", "100.01", "NaN")),
    ),
    at_least("moc_parts_lists", "total_parts_count", 0),
    at_least("moc_parts_lists", "acquired_parts_count", 0),
    not_negative("cost_estimate"),
    not_negative("actual_cost"),
)


@dataclass(frozen=True)
class Unique:
    """What no two rows share: a row, and rows that may stand beside it. A name of a table is a new row of it."""

    name: str
    table: str
    row: Values
    beside: tuple[Values, ...]


UNIQUES = (
    *(Unique(f"pk_{table}", table, {"id": UUID(int=1)}, ({"id": UUID(int=2)},)) for table in Base.metadata.tables),
    Unique(
        "uq_gallery_flags_image_id_user_id",
        "gallery_flags",
        {"image_id": "gallery_images", "user_id": "ada"},
        ({"user_id": "bea"}, {"image_id": "gallery_images"}),
    ),
    Unique(
        "uq_moc_instructions_user_id_title",
        "moc_instructions",
        {"user_id": "ada", "title": "Castle"},
        ({"user_id": "bea"}, {"title": "castle"}),
    ),
    Unique(
        "uq_moc_instructions_sets",
        "moc_instructions",
        {**CAR, "user_id": "ada"},
        (
            {"user_id": "bea"},
            {"brand": "Cobi"},
            {"set_number": "42084"},
            {"set_number": None},
            {**MOC, "brand": "LEGO"},  # a MOC may say which set it is made from
        ),
    ),
    Unique(
        "uq_moc_files_moc_id_original_filename",
        "moc_files",
        {"moc_id": "moc_instructions", "original_filename": "castle.pdf"},
        ({"moc_id": "moc_instructions"}, {"original_filename": "castle.csv"}, {"original_filename": None}),
    ),
    Unique(
        "uq_moc_gallery_images_moc_id_gallery_image_id",
        "moc_gallery_images",
        {"moc_id": "moc_instructions", "gallery_image_id": "gallery_images"},
        ({"moc_id": "moc_instructions"}, {"gallery_image_id": "gallery_images"}),
    ),
    Unique(
        "uq_moc_gallery_albums_moc_id_gallery_album_id",
        "moc_gallery_albums",
        {"moc_id": "moc_instructions", "gallery_album_id": "gallery_albums"},
        ({"moc_id": "moc_instructions"}, {"gallery_album_id": "gallery_albums"}),
    ),
)
ABSENT_TWICE = (
    ("moc_files", {"moc_id": "moc_instructions", "original_filename": None}),
    ("moc_instructions", {**CAR, "user_id": "ada", "set_number": None}),
    ("moc_instructions", {**MOC, "user_id": "ada", "brand": "LEGO", "set_number": "42083"}),
)
"""Rows that may be there twice, for want of what would have to be unique."""


@dataclass(frozen=True)
class Reference:
    """A foreign key, by what happens to a row when the row that it refers to is deleted."""

    table: str
    column: str
    to: str
    deleting: Literal["deletes it", "empties the column"]

    @property
    def name(self) -> str:
        """The constraint's name."""
        return f"fk_{self.table}_{self.column}"


REFERENCES = (
    Reference("moc_files", "moc_id", "moc_instructions", "deletes it"),
    Reference("moc_parts_lists", "moc_id", "moc_instructions", "deletes it"),
    Reference("moc_gallery_images", "moc_id", "moc_instructions", "deletes it"),
    Reference("moc_gallery_albums", "moc_id", "moc_instructions", "deletes it"),
    Reference("moc_gallery_images", "gallery_image_id", "gallery_images", "deletes it"),
    Reference("gallery_flags", "image_id", "gallery_images", "deletes it"),
    Reference("moc_gallery_albums", "gallery_album_id", "gallery_albums", "deletes it"),
    Reference("moc_parts_lists", "file_id", "moc_files", "empties the column"),
    Reference("gallery_images", "album_id", "gallery_albums", "empties the column"),
    Reference("gallery_albums", "cover_image_id", "gallery_images", "empties the column"),
)


def named(case: Check | Unique | Reference) -> str:
    """Return a case's name among pytest's."""
    return case.name


def resolved(put: Put, values: Values) -> Values:
    """Return the values with a new row's id for each name of a table."""
    return {
        column: put(value)["id"] if isinstance(value, str) and value in Base.metadata.tables else value
        for column, value in values.items()
    }


def refusal(connection: Connection, put: Put, table: str, values: Values) -> psycopg.Error:
    """Return the error with which a row is refused."""
    with pytest.raises(IntegrityError) as caught, connection.begin_nested():
        put(table, **values)
    assert isinstance(caught.value.orig, psycopg.Error)
    return caught.value.orig


def test_each_constraint_is_one_that_is_tested(connection: Connection) -> None:
    """A constraint that the schema gains or loses is to gain or lose a case here; NOT NULL is in test_columns."""
    found = connection.execute(
        text("""
            SELECT conname FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('alembic_version'), 0)
              AND contype <> 'n'  -- from PostgreSQL 18 on, NOT NULL is one too
            UNION SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indisunique AND relnamespace = 'public'::regnamespace
              AND indrelid <> coalesce(to_regclass('alembic_version'), 0)
        """)
    ).scalars()
    assert sorted(found) == sorted(case.name for case in (*CHECKS, *UNIQUES, *REFERENCES))


@pytest.mark.parametrize("case", CHECKS, ids=named)
def test_a_check_accepts_what_is_right(put: Put, case: Check) -> None:
    """The values at its limits pass, and absence where the column may be absent."""
    for values in case.accepted:
        put(case.table, **values)


@pytest.mark.parametrize("case", CHECKS, ids=named)
def test_a_check_refuses_what_is_wrong(connection: Connection, put: Put, case: Check) -> None:
    """The values beyond its limits are refused, by this check and no other."""
    for values in case.refused:
        error = refusal(connection, put, case.table, values)
        assert isinstance(error, psycopg.errors.CheckViolation)
        assert (error.sqlstate, error.diag.constraint_name) == ("23514", case.name)


@pytest.mark.parametrize("case", UNIQUES, ids=named)
def test_what_is_unique_is_there_once(connection: Connection, put: Put, case: Unique) -> None:
    """A second row that shares all of it is refused; one that differs in any part of it is not."""
    row = resolved(put, case.row)
    put(case.table, **row)
    error = refusal(connection, put, case.table, row)
    assert isinstance(error, psycopg.errors.UniqueViolation)
    assert (error.sqlstate, error.diag.constraint_name) == ("23505", case.name)
    for other in case.beside:
        put(case.table, **{**row, **resolved(put, other)})


@pytest.mark.parametrize(("table", "values"), ABSENT_TWICE)
def test_what_is_absent_is_not_unique(put: Put, table: str, values: Values) -> None:
    """Two rows without it are two rows."""
    row = resolved(put, values)
    assert put(table, **row)["id"] != put(table, **row)["id"]


@pytest.mark.parametrize("case", REFERENCES, ids=named)
def test_a_reference_leads_to_a_row(connection: Connection, put: Put, case: Reference) -> None:
    """One to a row that is there passes; one to nothing is refused."""
    there = put(case.to)["id"]
    assert put(case.table, **{case.column: there})[case.column] == there
    error = refusal(connection, put, case.table, {case.column: uuid4()})
    assert isinstance(error, psycopg.errors.ForeignKeyViolation)
    assert (error.sqlstate, error.diag.constraint_name) == ("23503", case.name)


@pytest.mark.parametrize("case", REFERENCES, ids=named)
def test_deleting_does_to_a_row_what_its_reference_says(connection: Connection, put: Put, case: Reference) -> None:
    """The row goes along or loses the reference; a row that refers to another one stays as it is."""
    deleted, kept = put(case.to)["id"], put(case.to)["id"]
    child, other = (put(case.table, **{case.column: to})["id"] for to in (deleted, kept))
    connection.execute(text(f"DELETE FROM {case.to} WHERE id = :id"), {"id": deleted})  # noqa: S608  # names of ours
    left = connection.execute(text(f"SELECT id, {case.column} FROM {case.table}")).all()  # noqa: S608  # likewise
    found = {id_: reference for id_, reference in left if id_ in (child, other)}
    assert found == ({other: kept} if case.deleting == "deletes it" else {child: None, other: kept})
