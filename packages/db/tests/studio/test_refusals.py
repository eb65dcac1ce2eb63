"""What the database or a form refuses: a message at the input, the input kept, and nothing written."""

import pytest
from sqlalchemy import CheckConstraint

from db.models import (
    Base,
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
    WishlistItem,
)
from db.studio.refusals import CHECKS
from db.studio.tables import TABLES

from .conftest import Client, Database, Page

pytestmark = pytest.mark.engines

MOC = {"title": "Refused", "user_id": "refused", "type": "moc", "author": "Ada"}
WISH = {"title": "Refused", "user_id": "refused", "sort_order": "1"}


def error_at(page: Page, name: str) -> str:
    """Return what a page says is wrong with an input."""
    assert page.status == 422, page.text[-3000:]
    _, found, rest = page.text.partition(f'id="{name}-error">')
    assert found, f"nothing is said at {name}"
    return rest.partition("<")[0]


def assert_says_no_sql(page: Page) -> None:
    """What a person reads is free of SQL, of Python and of the driver."""
    for word in ("INSERT", "UPDATE ", "psycopg", "Traceback", "DETAIL", "sqlalche"):
        assert word not in page.text


REFUSED: list[tuple[type[Base], dict[str, object], str, str]] = [
    (MocInstruction, {"author": ""}, "author", "A MOC has an author."),
    (MocInstruction, {"type": "set", "brand": ""}, "brand", "A set has a brand."),
    (MocInstruction, {"type": "kit"}, "type", "“kit” is none of moc, set."),
    (MocInstruction, {"release_year": "1949"}, "release_year", "1950 or later"),
    (MocInstruction, {"parts_count": "-1"}, "parts_count", "not negative"),
    (MocInstruction, {"total_piece_count": "-1"}, "total_piece_count", "not negative"),
    (MocInstruction, {"parts_count": "many"}, "parts_count", "“many” is no whole number."),
    (MocInstruction, {"parts_count": "1_000"}, "parts_count", "no whole number"),
    (MocInstruction, {"parts_count": "1.5"}, "parts_count", "no whole number"),
    (MocInstruction, {"parts_count": "2147483648"}, "parts_count", "between -2147483648 and 2147483647"),
    (MocInstruction, {"parts_count": "9" * 5000}, "parts_count", "no whole number"),
    (MocInstruction, {"uploaded_date": "2026-02-30"}, "uploaded_date", "no date"),
    (MocInstruction, {"retired": "maybe"}, "retired", "none of yes, no"),
    (MocInstruction, {"title": ""}, "title", "required"),
    (MocInstruction, {"title": "a\0b"}, "title", "NUL"),
    (MocInstruction, {"description": "a\0b"}, "description", "NUL"),
    (MocInstruction, {"tags": ["fine", "a\0b"]}, "tags", "NUL"),
    (WishlistItem, {"sort_order": ""}, "sort_order", "required"),
]
PARTS_REFUSED = [
    ({"inventory_percentage": "100.01"}, "inventory_percentage", "between 0 and 100"),
    ({"inventory_percentage": "-0.01"}, "inventory_percentage", "between 0 and 100"),
    ({"inventory_percentage": "1.234"}, "inventory_percentage", "At most 2 digits may stand after the point."),
    ({"inventory_percentage": "1000"}, "inventory_percentage", "At most 3 digits may stand before the point."),
    ({"total_parts_count": "-1"}, "total_parts_count", "not negative"),
    ({"acquired_parts_count": "-1"}, "acquired_parts_count", "not negative"),
    ({"cost_estimate": "-0.01"}, "cost_estimate", "not negative"),
    ({"actual_cost": "-0.01"}, "actual_cost", "not negative"),
    ({"actual_cost": "NaN"}, "actual_cost", "“NaN” is no number."),
    ({"actual_cost": "1e5"}, "actual_cost", "no number"),
    ({"actual_cost": "100000000"}, "actual_cost", "At most 8 digits may stand before the point."),
    ({"title": ""}, "title", "required"),
]


@pytest.mark.parametrize(("model", "typed", "name", "says"), REFUSED)
def test_a_value_that_is_refused_is_said_at_its_input(  # noqa: PLR0913, PLR0917  # the case, and two fixtures
    client: Client, rows: Database, model: type[Base], typed: dict[str, object], name: str, says: str
) -> None:
    """A new row that can't be is not written; the form comes back with what was typed and says what is wrong."""
    form = {**(MOC if model is MocInstruction else WISH), "description": "kept", **typed}
    page = client.post(f"/{model.__tablename__}/create", form)
    assert says in error_at(page, name)
    held = {**page.form, "tags": page.form.get("tags", "")}
    for kept, value in form.items():
        # A browser shows no choice that there is not, and no date that is none.
        if isinstance(value, str) and kept not in {"type", "retired"}:
            assert held[kept].strip() == value.strip()
    assert not rows.all(model, user_id="refused")
    assert_says_no_sql(page)


@pytest.mark.parametrize(("typed", "name", "says"), PARTS_REFUSED)
def test_a_parts_list_that_is_refused_keeps_what_was_chosen(
    client: Client, rows: Database, typed: dict[str, object], name: str, says: str
) -> None:
    """Counts, costs and percentages are held to their bounds, and the MOC that was chosen stays so."""
    moc = rows.add(MocInstruction)
    page = client.post("/moc_parts_lists/create", {"title": "Refused", "moc": moc.id, "notes": "kept", **typed})
    assert says in error_at(page, name)
    assert page.form["moc"] == str(moc.id)
    assert page.form["notes"] == "kept"
    assert page.form.get(name, "") == next(iter(typed.values()))
    assert not rows.all(MocPartsList, moc_id=moc.id)
    assert_says_no_sql(page)


def test_every_check_of_the_schema_has_words() -> None:
    """A check that is added to the models can't be forgotten here."""
    named = {
        str(check.name): table.name
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert named.keys() == CHECKS.keys()
    for check, (column, _) in CHECKS.items():
        assert column in Base.metadata.tables[named[check]].columns


def test_every_table_is_shown_once() -> None:
    """The studio's list of tables is that of the schema."""
    assert sorted(table.key for table in TABLES) == sorted(Base.metadata.tables)


def test_a_title_that_is_taken_is_said_at_the_title(client: Client, rows: Database) -> None:
    """A user has a title once: the message names the columns that are taken together."""
    taken = rows.add(MocInstruction, "Taken")
    page = client.post("/moc_instructions/create", {**MOC, "title": "Taken", "user_id": taken.user_id})
    assert error_at(page, "title") == "There is already a MOC or set with this User and Title."
    assert page.form["author"] == "Ada"
    assert len(rows.all(MocInstruction, user_id=taken.user_id)) == 1
    assert_says_no_sql(page)


def test_a_set_that_is_there_is_said_at_its_number(client: Client, rows: Database) -> None:
    """A unique index that only some rows are in counts as well."""
    there = rows.add(MocInstruction, type="set", author=None, brand="LEGO", set_number="6080")
    form = {"title": "New", "user_id": there.user_id, "type": "set", "brand": "LEGO", "set_number": "6080"}
    page = client.post("/moc_instructions/create", form)
    assert error_at(page, "set_number") == "There is already a MOC or set with this User, Brand and Set number."


def test_a_file_name_that_is_taken_is_said_at_the_name(client: Client, rows: Database) -> None:
    """A MOC has a file's name once."""
    there = rows.add(MocFile, "taken.pdf")
    form = {"moc": there.moc_id, "file_type": "instruction", "file_url": "x", "original_filename": "taken.pdf"}
    page = client.post("/moc_files/create", form)
    assert error_at(page, "original_filename") == "There is already a file with this MOC and Original filename."


def test_a_second_flag_of_a_user_is_said_at_the_user(client: Client, rows: Database) -> None:
    """A user flags an image once."""
    there = rows.add(GalleryFlag)
    page = client.post("/gallery_flags/create", {"image": there.image_id, "user_id": there.user_id})
    assert error_at(page, "user_id") == "There is already a flag with this Image and User."


def test_a_pair_that_is_there_is_said_at_the_second_of_it(client: Client, rows: Database) -> None:
    """An image shows a MOC once."""
    there = rows.add(MocGalleryImage)
    page = client.post("/moc_gallery_images/create", {"moc": there.moc_id, "gallery_image": there.gallery_image_id})
    assert error_at(page, "gallery_image") == "There is already an image of a MOC with this MOC and Gallery image."


def test_a_row_that_was_deleted_meanwhile_can_not_be_chosen(client: Client, rows: Database) -> None:
    """The row that a form refers to may be gone by the time that the form is sent."""
    page = client.post(
        "/gallery_albums/create",
        {"title": "Refused", "user_id": "gone", "cover_image": "00000000-0000-0000-0000-000000000000"},
    )
    assert error_at(page, "cover_image") == "That row has been deleted meanwhile: choose another."
    assert page.form["title"] == "Refused"
    assert not rows.all(GalleryAlbum, user_id="gone")


@pytest.mark.parametrize("chosen", ["", "nonsense"])
def test_a_reference_that_is_needed_must_be_chosen(client: Client, chosen: str) -> None:
    """A file belongs to a MOC; what is no id is no choice."""
    page = client.post("/moc_files/create", {"moc": chosen, "file_type": "instruction", "file_url": "x"})
    assert error_at(page, "moc") == ("Choose one of the list." if chosen else "This field is required.")


def test_a_text_that_is_too_long_for_its_index_is_said_in_words(client: Client, rows: Database) -> None:
    """PostgreSQL takes no such row; no input is named by it, so the form is."""
    noise = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(6000))  # it can't be compressed
    page = client.post("/moc_instructions/create", {**MOC, "title": noise})
    assert page.status == 422
    assert "A text is too long" in page.text
    assert page.form["title"] == noise
    assert not rows.all(MocInstruction, user_id="refused")


def test_an_edit_that_is_refused_changes_nothing(client: Client, rows: Database) -> None:
    """The row stays as it was in all its columns; the form holds what was typed and still says whose it is."""
    row = rows.add(MocInstruction, "Steady", release_year=1990)
    form = {**client.get("/moc_instructions/edit", pk=row.id).form, "title": "Changed", "release_year": "1900"}
    page = client.post("/moc_instructions/edit", form, pk=row.id)
    assert "1950 or later" in error_at(page, "release_year")
    assert page.form["title"] == "Changed"
    assert str(row.id) in page.text
    now = rows.get(MocInstruction, row.id)
    assert (now.title, now.release_year, now.updated_at) == ("Steady", 1990, row.updated_at)


def test_what_was_typed_for_a_row_that_is_gone_is_shown(client: Client, rows: Database) -> None:
    """Someone else has deleted it meanwhile: the page says so, and what was typed can be copied from it."""
    row = rows.add(GalleryAlbum)
    form = {**client.get("/gallery_albums/edit", pk=row.id).form, "description": "A long text,\nhard to write again"}
    client.post("/gallery_albums/delete", pk=row.id)
    page = client.post("/gallery_albums/edit", form, pk=row.id)
    assert page.status == 404
    assert "A long text,\nhard to write again" in page.text


def test_a_reference_can_be_taken_away(client: Client, rows: Database) -> None:
    """An image leaves its album when nothing is chosen any more."""
    album = rows.add(GalleryAlbum)
    row = rows.add(GalleryImage, album_id=album.id)
    form = {**client.get("/gallery_images/edit", pk=row.id).form, "album": ""}
    assert client.post("/gallery_images/edit", form, pk=row.id).status == 303
    assert rows.get(GalleryImage, row.id).album_id is None


def test_a_title_is_no_markup(client: Client, rows: Database) -> None:
    """What people have written is shown as they wrote it, on every page and in every picker."""
    row = rows.add(GalleryImage, "<script>alert(1)</script>&<b>")
    album = rows.add(GalleryAlbum, cover_image_id=row.id, title="<img src=x>")
    answers = [
        client.get("/gallery_images/list", q="<script>alert"),
        client.get("/gallery_images/detail", pk=row.id),
        client.get("/gallery_images/edit", pk=row.id),
        client.get("/gallery_images/delete", pk=row.id),
        client.get("/gallery_albums/list", q="<img src"),
        client.get("/gallery_albums/edit", pk=album.id),
    ]
    offered = client.get("/_api/gallery_images/relation-lookup", pks=row.id).text
    assert offered.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&lt;b&gt;") == 2
    for page in answers:
        assert page.status == 200
        assert "<script>alert(1)" not in page.text
        assert "<img src=x>" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/moc_instructions/list?page=999999999999999999999",
        "/moc_instructions/list?q=a%00b",
        "/moc_instructions/list?filter=parts_count__eq=99999999999999999999",
        "/moc_instructions/list?filter=moc__is=nonsense",
        "/moc_instructions/list?filter=(((",
        "/moc_files/list?filter=moc__is=nonsense",
        "/moc_instructions/list?sort=nonsense__asc&page=-4&page_size=nonsense",
        "/moc_instructions/list?page_size=-1",
        "/nonsense/list",
    ],
)
def test_an_address_that_makes_no_sense_is_no_failure(client: Client, address: str) -> None:
    """Whatever is typed into the address bar, the answer is a page, and not that something broke."""
    page = client.get(address)
    assert page.status in {200, 400, 404}
    assert "text/html" in page.headers["content-type"]
    assert_says_no_sql(page)
