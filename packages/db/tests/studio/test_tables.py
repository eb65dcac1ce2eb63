"""Each of the nine tables: found, shown, written and deleted through its pages."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event

from db.models import (
    Base,
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryAlbum,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
    WishlistItem,
)

from .conftest import Client, Database

pytestmark = pytest.mark.engines

TABLES: tuple[type[Base], ...] = (
    MocInstruction,
    MocFile,
    MocPartsList,
    GalleryImage,
    GalleryAlbum,
    GalleryFlag,
    MocGalleryImage,
    MocGalleryAlbum,
    WishlistItem,
)
LINKS: dict[type[Base], str] = {MocGalleryImage: "gallery_image", MocGalleryAlbum: "gallery_album"}
"""The join tables, which have no text of their own, and what they lead to."""
TITLED = [model for model in TABLES if model not in LINKS]
PICKED: tuple[type[Base], ...] = (MocInstruction, MocFile, GalleryImage, GalleryAlbum)
"""The tables whose rows the forms of others pick."""
SHOWN: dict[type[Base], str] = {MocFile: "original_filename", GalleryFlag: "reason"}
"""The columns that show what a row is about, where that is no title."""

every_table = pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__tablename__)


def put(rows: Database, model: type[Base], title: str) -> Any:  # noqa: ANN401  # a row of any model
    """Write a row that shows a title, its own or that of the MOC that it belongs to."""
    if model in LINKS:
        return rows.add(model, moc_id=rows.add(MocInstruction, title).id)
    return rows.add(model, title)


def test_every_table_of_the_schema_is_here() -> None:
    """A table that is added to the schema needs a place in the studio, and in these tests."""
    assert {model.__tablename__ for model in TABLES} == set(Base.metadata.tables)


@every_table
def test_the_first_page_leads_to_it(client: Client, model: type[Base]) -> None:
    """The first page names each table, says how many rows it has and leads to its list."""
    page = client.get("/")
    assert page.status == 200
    assert f"/{model.__tablename__}/list" in page.text


@every_table
def test_a_list_shows_its_rows(client: Client, rows: Database, model: type[Base]) -> None:
    """A row stands in the list of its table, with what it is about."""
    row = put(rows, model, f"listed {model.__tablename__}")
    page = client.get(f"/{model.__tablename__}/list", page_size=100, q=f"listed {model.__tablename__}")
    assert page.status == 200
    assert page.rows == [str(row.id)]
    assert f"listed {model.__tablename__}" in page.text


@every_table
def test_a_search_takes_every_character_as_it_is(client: Client, rows: Database, model: type[Base]) -> None:
    """A text is found whatever its case, and `%` and `_` are no wildcards."""
    found = put(rows, model, f"Of 100% pure_{model.__tablename__}")
    put(rows, model, f"of 100 purer{model.__tablename__}")
    page = client.get(f"/{model.__tablename__}/list", q=f"100% PURE_{model.__tablename__}".lower())
    assert page.rows == [str(found.id)]


@every_table
def test_a_filter_leaves_what_fits(client: Client, rows: Database, model: type[Base]) -> None:
    """A list can be narrowed by a column, or by the title of the row that one refers to."""
    found, other = (put(rows, model, f"{which} filtered {model.__tablename__}") for which in ("one", "two"))
    name = "moc__title" if model in LINKS else f"{SHOWN.get(model, 'title')}__contains"
    page = client.get(f"/{model.__tablename__}/list", filter=f'{name}="one filtered {model.__tablename__}"')
    assert page.rows == [str(found.id)]
    assert str(other.id) not in page.text


@every_table
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_list_is_sorted_by_a_column(client: Client, rows: Database, model: type[Base], direction: str) -> None:
    """A column's head sorts the list, also where the column is another row's title."""
    mark = f"sorted {direction} {model.__tablename__}"
    made = [put(rows, model, f"{mark} {letter}") for letter in "bca"]
    by = "moc" if model in LINKS else SHOWN.get(model, "title")
    page = client.get(f"/{model.__tablename__}/list", q=mark, sort=f"{by}__{direction}")
    ordered = [str(made[index].id) for index in (2, 0, 1)]
    assert page.rows == (ordered if direction == "asc" else ordered[::-1])


@every_table
def test_the_second_page_goes_on(client: Client, rows: Database, model: type[Base]) -> None:
    """Pages share no row and leave none out, though the rows were all written at one time."""
    mark = f"paged {model.__tablename__}"
    moment = {} if model in LINKS else {"created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    for number in range(13):
        if model in LINKS:
            put(rows, model, f"{mark} {number}")
        else:
            rows.add(model, f"{mark} {number}", **moment)
    pages = [client.get(f"/{model.__tablename__}/list", q=mark, page_size=10, page=page) for page in (1, 2)]
    assert [len(page.rows) for page in pages] == [10, 3]
    assert len({row for page in pages for row in page.rows}) == 13
    assert "Showing 11 to 13 of 13" in pages[1].text


@pytest.mark.parametrize(
    ("model", "path"),
    [
        *((model, "/{table}/list?q={mark}") for model in TABLES),
        *((model, "/_api/{table}/relation-lookup?q={mark}") for model in PICKED),
    ],
)
def test_more_rows_take_no_more_queries(client: Client, rows: Database, model: type[Base], path: str) -> None:
    """The rows that others refer to come by one query for each kind, however many they are."""
    mark = f"queried-{model.__tablename__}-{len(path)}"
    counts: list[int] = []
    for more in (1, 8):
        for number in range(more):
            put(rows, model, f"{mark} {more} {number}")
        with counting() as statements:
            assert client.get(path.format(table=model.__tablename__, mark=mark)).status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 2 + len(REFERENCES.get(model, {})) + 1


@contextmanager
def counting() -> Generator[list[str]]:
    """Collect the statements that are executed while the block runs; the studio runs in this process."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_newest_row_comes_first(client: Client, rows: Database) -> None:
    """A list without an order of its own shows what was written last."""
    now = datetime.now(UTC)
    made = [rows.add(WishlistItem, "newest first", created_at=now - timedelta(days=days)) for days in (2, 1, 3)]
    assert client.get("/wishlist_items/list", q="newest first").rows == [str(made[index].id) for index in (1, 0, 2)]


FORMS: dict[type[Base], dict[str, object]] = {
    MocInstruction: {
        "title": "Made castle",
        "user_id": "maker",
        "type": "set",
        "brand": "LEGO",
        "description": "Two\r\nlines",
        "parts_count": "1200",
        "release_year": "1984",
        "uploaded_date": "2026-02-28",
        "retired": "True",
        "tags": ["castle", "grey, old"],
    },
    MocFile: {"file_type": "parts-list", "file_url": "mocs/made.csv", "original_filename": "made.csv"},
    MocPartsList: {
        "title": "Made parts",
        "built": "on",
        "inventory_percentage": "99.95",
        "total_parts_count": "7",
        "cost_estimate": "12.5",
    },
    GalleryImage: {"title": "Made image", "user_id": "maker", "image_url": "images/made.webp", "flagged": "on"},
    GalleryAlbum: {"title": "Made album", "user_id": "maker"},
    GalleryFlag: {"user_id": "maker", "reason": "not a brick"},
    MocGalleryImage: {},
    MocGalleryAlbum: {},
    WishlistItem: {"title": "Made wish", "user_id": "maker", "sort_order": "-3", "category": "sets"},
}
"""What is typed into the form of each table."""
READ: dict[type[Base], dict[str, object]] = {
    MocInstruction: {
        "description": "Two\nlines",
        "parts_count": 1200,
        "release_year": 1984,
        "uploaded_date": date(2026, 2, 28),
        "retired": True,
        "tags": ["castle", "grey, old"],
        "author": None,
        "thumbnail_url": None,
    },
    MocFile: {"file_type": "parts-list", "mime_type": None},
    MocPartsList: {
        "built": True,
        "purchased": False,
        "inventory_percentage": Decimal("99.95"),
        "cost_estimate": Decimal("12.50"),
        "actual_cost": None,
        "file_id": None,
    },
    GalleryImage: {"flagged": True, "tags": None, "album_id": None},
    GalleryAlbum: {"description": None, "cover_image_id": None},
    GalleryFlag: {"reason": "not a brick"},
    MocGalleryImage: {},
    MocGalleryAlbum: {},
    WishlistItem: {"sort_order": -3, "category": "sets", "product_link": None},
}
"""What is in the database then."""
REFERENCES: dict[type[Base], dict[str, type[Base]]] = {
    MocFile: {"moc": MocInstruction},
    MocPartsList: {"moc": MocInstruction},
    GalleryFlag: {"image": GalleryImage},
    MocGalleryImage: {"moc": MocInstruction, "gallery_image": GalleryImage},
    MocGalleryAlbum: {"moc": MocInstruction, "gallery_album": GalleryAlbum},
}
"""What a row of each table must refer to, by the names of the inputs."""


def fill_in(rows: Database, model: type[Base], mark: str) -> dict[str, object]:
    """Return the form of a table, filled in with a user or a parent of this test's own."""
    chosen = {name: str(rows.add(parent).id) for name, parent in REFERENCES.get(model, {}).items()}
    own = {"user_id": mark} if "user_id" in FORMS[model] else {}
    return {**FORMS[model], **own, **chosen}


@every_table
def test_a_row_is_created(client: Client, rows: Database, model: type[Base]) -> None:
    """What is typed and chosen is in the database, what is left empty is NULL, and a note says that it is saved."""
    form = fill_in(rows, model, f"creates {model.__tablename__}")
    before = {row.id for row in rows.all(model)}
    page = client.post(f"/{model.__tablename__}/create", form)
    assert page.status == 303, page.text
    (made,) = (row for row in rows.all(model) if row.id not in before)
    assert {name: getattr(made, name) for name in READ[model]} == READ[model]
    for name in REFERENCES.get(model, {}):
        assert str(getattr(made, f"{name}_id")) == form[name]


@every_table
def test_a_row_is_edited(client: Client, rows: Database, model: type[Base]) -> None:
    """The form comes with what the row holds; sent back as it is it changes nothing, and then one thing."""
    form = fill_in(rows, model, f"edits {model.__tablename__}")
    before = {row.id for row in rows.all(model)}
    client.post(f"/{model.__tablename__}/create", form)
    (row,) = (row for row in rows.all(model) if row.id not in before)
    page = client.get(f"/{model.__tablename__}/edit", pk=row.id)
    assert str(row.id) in page.text
    held = {**form, **{name: value for name, value in page.form.items() if name not in {"tags", "description"}}}
    assert client.post(f"/{model.__tablename__}/edit", held, pk=row.id).status == 303
    assert columns(rows.get(model, row.id)) == columns(row)
    name = next(iter(REFERENCES.get(model, {})), None) or SHOWN.get(model, "title")
    changed = str(rows.add(REFERENCES[model][name]).id) if model in REFERENCES else "Changed"
    assert client.post(f"/{model.__tablename__}/edit", {**held, name: changed}, pk=row.id).status == 303
    now = rows.get(model, row.id)
    assert str(getattr(now, f"{name}_id" if model in REFERENCES else name)) == changed


def columns(row: Base) -> dict[str, object]:
    """Return what a row holds."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118  # no mapping


@every_table
def test_a_row_is_shown_with_what_the_database_made(client: Client, rows: Database, model: type[Base]) -> None:
    """Its page shows the id and the times, which no form has an input for."""
    row = put(rows, model, f"shown {model.__tablename__}")
    page = client.get(f"/{model.__tablename__}/detail", pk=row.id)
    assert page.status == 200
    assert str(row.id) in page.text
    assert f"shown {model.__tablename__}" in page.text
    if model not in LINKS:
        assert f"{row.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" in page.text
    made = {"id", "created_at", "updated_at", "last_updated_at"}
    assert not made & client.get(f"/{model.__tablename__}/edit", pk=row.id).form.keys()
    forged = client.get(f"/{model.__tablename__}/edit", pk=row.id).form | {"id": "1", "created_at": "2000-01-01"}
    assert client.post(f"/{model.__tablename__}/edit", forged, pk=row.id).status == 303
    assert rows.get(model, row.id) is not None


@every_table
def test_a_row_is_deleted(client: Client, rows: Database, model: type[Base]) -> None:
    """The page that deletes names the row first; only sending it deletes, and then the row is gone."""
    row = put(rows, model, f"deleted {model.__tablename__}")
    page = client.get(f"/{model.__tablename__}/delete", pk=row.id)
    assert (f"flagged by {row.user_id}" if model is GalleryFlag else f"deleted {model.__tablename__}") in page.text
    assert rows.get(model, row.id) is not None
    left = client.follow(client.post(f"/{model.__tablename__}/delete", pk=row.id))
    assert rows.get(model, row.id) is None
    assert left.status == 200
    assert client.get(f"/{model.__tablename__}/delete", pk=row.id).status == 404


@every_table
@pytest.mark.parametrize("page", ["detail", "edit", "delete"])
def test_a_row_that_is_not_there_is_a_page_too(client: Client, model: type[Base], page: str) -> None:
    """An address of a row that is gone, or that never was one, is 404."""
    for pk in ("00000000-0000-0000-0000-000000000000", "nonsense", ""):
        assert client.get(f"/{model.__tablename__}/{page}", pk=pk).status == 404
