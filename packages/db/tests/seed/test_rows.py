"""The rows of a user: believable, and the same whenever they are made."""

import os
import re
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.models import Base
from db.seed import rows_of

ENOUGH = 200
"""Users among whom there is everything that is rare."""
USER = UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEYS = {
    ("gallery_images", "image_url"): rf"images/{USER}/{UUID}\.webp",
    ("gallery_images", "thumbnail_url"): rf"images/{USER}/thumbnails/{UUID}\.webp",
    ("moc_instructions", "thumbnail_url"): rf"mocs/{USER}/{UUID}/{UUID}\.(jpg|webp)",
    ("moc_files", "file_url"): rf"mocs/{USER}/{UUID}/{UUID}\.(pdf|csv|xlsx|xml|jpg|png|webp)",
    ("wishlist_items", "image_url"): rf"wishlist/{USER}/{UUID}\.webp",
}
"""The keys of objects, as domain.md has them under Files."""


@cache
def all_rows(table: str) -> list[dict[str, object]]:
    """Return the rows of one table, of users enough."""
    return [row for user in users() for row in user[table]]


@cache
def users() -> list[dict[str, list[dict[str, object]]]]:
    """Return the rows of users enough."""
    return [rows_of(number) for number in range(ENOUGH)]


def values(table: str, column: str) -> set[object]:
    """Return what users enough have in a column."""
    return {row[column] for row in all_rows(table)}


@settings(deadline=None)  # a slow machine is no failure
@given(st.integers(0, 10**6))
def test_a_user_has_the_same_rows_whenever_they_are_made(number: int) -> None:
    """Nothing but the number counts: not who came before, not the time."""
    first = rows_of(number)
    rows_of(number + 1)
    assert rows_of(number) == first


@pytest.mark.slow
def test_every_process_makes_the_same_rows() -> None:
    """The order of sets, which differs between processes, has no part in them."""
    program = "from db.seed import rows_of; print([rows_of(number) for number in range(30)])"
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


@settings(deadline=None)  # a slow machine is no failure
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_users_share_no_row(one: int, other: int) -> None:
    """Ids are a user's own."""
    if one != other:
        ids = [{row["id"] for rows in rows_of(number).values() for row in rows} for number in (one, other)]
        assert ids[0].isdisjoint(ids[1])


def test_each_table_has_rows_with_every_column() -> None:
    """A table or a column that the schema gains is to be filled here."""
    assert set(rows_of(0)) == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        columns = set(table.columns.keys())
        assert all(set(row) == columns for row in all_rows(name)), name


def test_the_rows_of_a_table_have_their_columns_in_one_order() -> None:
    """COPY takes the columns from the first one."""
    for name in Base.metadata.tables:
        assert len({tuple(row) for row in all_rows(name)}) == 1, name


def test_what_may_be_absent_is_so_here_and_there() -> None:
    """A column that may be null is null in some rows and not in others, as in real data."""
    for name, table in Base.metadata.tables.items():
        for column in table.columns:
            found = values(name, column.name) if column.nullable else {None, "required"}
            assert None in found, f"{name}.{column.name} is never null"
            assert len(found) > 1, f"{name}.{column.name} is always null"


def test_there_is_something_of_every_kind() -> None:
    """MOCs and sets, every type of file, every state of a flag; letters of several alphabets."""
    assert values("moc_instructions", "type") == {"moc", "set"}
    assert values("moc_files", "file_type") == {"instruction", "parts-list", "thumbnail", "gallery-image"}
    assert values("moc_instructions", "retired") == {None, False, True}
    for table, column in (
        ("gallery_images", "flagged"),
        ("moc_parts_lists", "built"),
        ("moc_parts_lists", "purchased"),
    ):
        assert values(table, column) == {False, True}
    titles = "".join(map(str, values("moc_instructions", "title")))
    assert all(letter in titles for letter in "âä東Þв🏰")


def test_an_image_is_flagged_if_and_only_if_someone_has_flagged_it() -> None:
    """The flag on an image and the rows that are its reasons agree."""
    flagged = {row["id"] for row in all_rows("gallery_images") if row["flagged"]}
    assert flagged == values("gallery_flags", "image_id")


def test_a_cover_is_in_its_album() -> None:
    """Images and albums refer to each other."""
    album_of = {row["id"]: row["album_id"] for row in all_rows("gallery_images")}
    covered = {row["id"]: row["cover_image_id"] for row in all_rows("gallery_albums") if row["cover_image_id"]}
    assert covered
    assert all(album_of[cover] == album for album, cover in covered.items())


def test_files_are_known_by_their_keys() -> None:
    """What is stored is the key of an object, never a URL, and the user and the MOC in it are the row's own."""
    for (table, column), pattern in KEYS.items():
        for row in all_rows(table):
            if row[column] is not None:
                assert re.fullmatch(pattern, str(row[column]))
                owner = row.get("user_id") or row.get("moc_id")
                assert str(owner) in str(row[column])


def test_time_goes_forward() -> None:
    """Nothing was changed before it was made; what there is was made over years."""
    for name, table in Base.metadata.tables.items():
        if "created_at" in table.columns:
            changed = next((column for column in ("updated_at", "last_updated_at") if column in table.columns), None)
            rows = all_rows(name)
            assert changed is None or all(str(row["created_at"]) <= str(row[changed]) for row in rows)
            assert len({str(row["created_at"])[:4] for row in rows}) >= 4
