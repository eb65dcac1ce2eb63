"""What a form's pickers are offered: rows by their title, a page at a time."""

import json
from typing import Any

import pytest
from sqlalchemy import insert

from db.models import GalleryAlbum, GalleryImage, MocFile, MocInstruction
from db.studio.queries import COUNTED

from .conftest import Client, Database

pytestmark = pytest.mark.engines


def offered(client: Client, table: str, **query: object) -> tuple[list[str], list[str], int]:
    """Return the ids and the texts that a picker is offered, and how many it is told that there are."""
    page = client.get(f"/_api/{table}/relation-lookup", **query)
    assert page.status == 200
    answer: dict[str, Any] = json.loads(page.body)
    texts = [item["_meta"]["select2"]["result"] for item in answer["items"]]
    return [item["id"] for item in answer["items"]], texts, answer["total"]


def test_rows_are_found_by_their_title(client: Client, rows: Database) -> None:
    """A part of the title finds a row; what tells rows of one title apart stands beside it."""
    made = [rows.add(GalleryImage, "Picked portrait", user_id=user) for user in ("ada", "bob")]
    ids, texts, total = offered(client, "gallery_images", q="ICKED PORTR")
    assert sorted(ids) == sorted(str(row.id) for row in made)
    assert total == 2
    assert all("Picked portrait" in text for text in texts)
    assert {"of ada", "of bob"} == {text.partition('">')[2].partition("</")[0] for text in texts}


def test_rows_are_offered_by_title_and_a_page_at_a_time(client: Client, rows: Database) -> None:
    """They come in the order of the alphabet, and the next page goes on."""
    for letter in "bdac":
        rows.add(GalleryAlbum, f"Ordered {letter}")
    first = offered(client, "gallery_albums", q="Ordered", limit=3)
    second = offered(client, "gallery_albums", q="Ordered", limit=3, skip=3)
    letters = [text.partition("Ordered ")[2][0] for text in [*first[1], *second[1]]]
    assert letters == list("abcd")
    assert first[2] == second[2] == 4


def test_files_are_found_by_their_moc_too(client: Client, rows: Database) -> None:
    """Files are called alike: the MOC that they belong to finds them, and stands beside them."""
    moc = rows.add(MocInstruction, "Windmill of files")
    row = rows.add(MocFile, "instructions.pdf", moc_id=moc.id)
    ids, (text,), _ = offered(client, "moc_files", q="windmill of")
    assert ids == [str(row.id)]
    assert "of Windmill of files" in text


def test_what_is_chosen_is_found_by_its_id(client: Client, rows: Database) -> None:
    """A form that comes back asks for the titles of what was chosen; what is gone or no id is left out."""
    row = rows.add(GalleryImage, "Chosen")
    ids, _, _ = offered(client, "gallery_images", pks=[row.id, "nonsense", "00000000-0000-0000-0000-000000000000"])
    assert ids == [str(row.id)]


def test_no_picker_counts_a_whole_table(client: Client, rows: Database) -> None:
    """Every keystroke asks: what is counted has a bound."""
    with rows.engine.begin() as connection:
        made = [{"user_id": "many", "title": f"Many {number}"} for number in range(COUNTED + 5)]
        connection.execute(insert(GalleryAlbum), made)
    assert offered(client, "gallery_albums", q="Many")[2] == COUNTED
