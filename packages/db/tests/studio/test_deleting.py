"""What a person is told before something is deleted: it is what the database then does."""

from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Uuid

from db.models import (
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryAlbum,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
)
from db.studio.deleting import gone_with

from .conftest import Client, Database, Page

pytestmark = pytest.mark.engines


def told(page: Page) -> list[str]:
    """Return what a page says that the database will do."""
    assert page.status == 200
    block = page.text.partition('data-studio="effects"')[2].partition("</form>")[0].partition("card-footer")[0]
    return [unescape(part.partition("</li>")[0]) for part in block.split("<li>")[1:]]


def test_a_moc_takes_all_that_belongs_to_it(client: Client, rows: Database) -> None:
    """Files, parts lists and places in the gallery go; images and albums stay, and are not mentioned."""
    moc = rows.add(MocInstruction)
    files = [rows.add(MocFile, moc_id=moc.id) for _ in range(3)]
    rows.add(MocPartsList, moc_id=moc.id, file_id=files[0].id)
    image = rows.add(MocGalleryImage, moc_id=moc.id)
    album = rows.add(MocGalleryAlbum, moc_id=moc.id)
    rows.add(MocFile)
    assert sorted(told(client.get("/moc_instructions/delete", pk=moc.id))) == [
        "1 album of a MOC goes with it (only the link).",
        "1 image of a MOC goes with it (only the link).",
        "1 parts list goes with it.",
        "3 files go with it.",
    ]
    assert client.post("/moc_instructions/delete", pk=moc.id).status == 303
    for model in (MocFile, MocPartsList, MocGalleryImage, MocGalleryAlbum):
        assert not rows.all(model, moc_id=moc.id)
    assert rows.get(GalleryImage, image.gallery_image_id)
    assert rows.get(GalleryAlbum, album.gallery_album_id)


def test_what_stays_is_said_to_stay(client: Client, rows: Database) -> None:
    """A parts list outlives its file, images their album, an album its cover."""
    file = rows.add(MocFile)
    parts = rows.add(MocPartsList, moc_id=file.moc_id, file_id=file.id)
    assert told(client.get("/moc_files/delete", pk=file.id)) == ["1 parts list stays, without file."]
    client.post("/moc_files/delete", pk=file.id)
    assert rows.get(MocPartsList, parts.id).file_id is None

    album = rows.add(GalleryAlbum)
    images = [rows.add(GalleryImage, album_id=album.id) for _ in range(2)]
    assert told(client.get("/gallery_albums/delete", pk=album.id)) == ["2 images stay, without album."]
    client.post("/gallery_albums/delete", pk=album.id)
    assert [rows.get(GalleryImage, row.id).album_id for row in images] == [None, None]


def test_an_image_takes_its_flags_and_leaves_its_album(client: Client, rows: Database) -> None:
    """One row may have others go with it and others stay."""
    image = rows.add(GalleryImage)
    rows.add(GalleryAlbum, cover_image_id=image.id)
    for _ in range(2):
        rows.add(GalleryFlag, image_id=image.id)
    assert told(client.get("/gallery_images/delete", pk=image.id)) == [
        "2 flags go with it.",
        "1 album stays, without cover image.",
    ]


def test_another_mocs_parts_list_is_said_to_lose_the_file(client: Client, rows: Database) -> None:
    """What goes with a row may be referred to from elsewhere: that stays, and is counted apart from what goes."""
    moc, other = rows.add(MocInstruction), rows.add(MocInstruction)
    file = rows.add(MocFile, moc_id=moc.id)
    rows.add(MocPartsList, moc_id=moc.id, file_id=file.id)
    kept = rows.add(MocPartsList, moc_id=other.id, file_id=file.id)
    assert told(client.get("/moc_instructions/delete", pk=moc.id)) == [
        "1 file goes with it.",
        "1 parts list goes with it.",
        "1 parts list stays, without file.",
    ]
    client.post("/moc_instructions/delete", pk=moc.id)
    assert rows.get(MocPartsList, kept.id).file_id is None


def test_what_goes_with_what_goes_is_counted_too() -> None:
    """No table of today's schema has grandchildren; one that is added does not go unmentioned."""
    schema = MetaData()
    parent = Table("parents", schema, Column("id", Uuid, primary_key=True))
    child = Table("children", schema, Column("id", Uuid, primary_key=True), referring(parent))
    grandchild = Table("grandchildren", schema, Column("id", Uuid, primary_key=True), referring(child))
    gone = gone_with(parent, [], schema.tables.values())
    assert list(gone) == [parent, child, grandchild]
    assert "FROM children" in str(gone[grandchild])
    assert "FROM parents" in str(gone[grandchild])


def referring(table: Table) -> Column[UUID]:
    """Return a column whose rows go with those of a table."""
    return Column("of", ForeignKey(table.c.id, ondelete="CASCADE"))


def test_a_row_that_nothing_refers_to_says_so(client: Client, rows: Database) -> None:
    """No warning is shown where there is nothing to warn of."""
    page = client.get("/moc_files/delete", pk=rows.add(MocFile).id)
    assert told(page) == []
    assert "Nothing else refers to it." in page.text


def test_selected_rows_are_deleted_together(client: Client, rows: Database) -> None:
    """The rows that are selected in a list lead to one page, which counts what goes with all of them."""
    mocs = [rows.add(MocInstruction, f"Together {number}") for number in range(2)]
    for moc in mocs:
        rows.add(MocFile, moc_id=moc.id)
    ids = [str(moc.id) for moc in mocs]
    asked = client.follow(client.post("/_api/moc_instructions/action", name="delete", pks=ids))
    assert told(asked) == ["2 files go with them."]
    assert "Together 0" in asked.text
    assert len(rows.all(MocInstruction, title="Together 0")) == 1
    client.post("/moc_instructions/delete", pk=ids)
    assert not any(rows.get(MocInstruction, moc) for moc in ids)


def test_no_address_holds_a_thousand_rows(client: Client, rows: Database) -> None:
    """All that a filter leaves can be selected, up to a hundred rows: beyond, nothing is deleted, and it says why."""
    for number in range(101):
        rows.add(GalleryAlbum, f"Hundred {number}")
    page = client.post("/_api/gallery_albums/action", name="delete", all="1", _list_query="?q=Hundred")
    assert page.status == 400
    assert "Too many rows" in page.text


@pytest.mark.parametrize("address", ["/_api/gallery_albums/row-action", "/_api/gallery_albums/action"])
def test_the_librarys_own_ways_to_delete_delete_nothing(client: Client, rows: Database, address: str) -> None:
    """There is one page that deletes, and it says what that does."""
    row = rows.add(GalleryAlbum)
    client.post(address, name="delete", pk=row.id, pks=row.id)
    assert rows.get(GalleryAlbum, row.id)


def test_a_list_is_found_again_after_deleting(client: Client, rows: Database) -> None:
    """One comes back to the list that one came from, its search kept, and reads what was deleted."""
    row = rows.add(GalleryAlbum, "Comes back")
    origin = "/gallery_albums/list?q=Comes"
    page = client.post("/gallery_albums/delete", pk=row.id, _origin=origin)
    assert page.headers["location"].endswith(origin)


def test_nobody_is_led_elsewhere(client: Client, rows: Database) -> None:
    """An address that says to go on to another host does not."""
    row = rows.add(GalleryAlbum)
    page = client.post("/gallery_albums/delete", pk=row.id, _origin="http://evil.example/")
    assert "evil.example" not in page.headers["location"]


def test_what_refers_to_a_row_is_shown_beside_it(client: Client, rows: Database) -> None:
    """A row's page leads to the rows that refer to it, and says how many they are."""
    moc = rows.add(MocInstruction)
    file = rows.add(MocFile, moc_id=moc.id)
    rows.add(MocFile)
    page = client.get("/moc_instructions/detail", pk=moc.id)
    related = page.text.partition('data-studio="related"')[2]
    path = unescape(related.partition('href="')[2].partition('"')[0]).removeprefix(client.origin)
    assert client.get(path).rows == [str(file.id)]
