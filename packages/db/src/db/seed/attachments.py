"""What hangs on a MOC or a set: its files, its parts lists, and the images and albums that show it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from .person import Person, Row

_FILES: Final = (
    ("instruction", "pdf", "application/pdf"),
    ("parts-list", "csv", "text/csv"),
    ("parts-list", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("parts-list", "xml", "application/xml"),
    ("thumbnail", "jpg", "image/jpeg"),
    ("gallery-image", "webp", "image/webp"),
    ("gallery-image", "png", "image/png"),
)
"""What a file of a MOC is, with its extension and type."""
_NOTES: Final = ("Two lots from Kraków are on their way.", "Substitute light gray for grey.", "足りない部品が三つ")


def files(person: Person, moc: Row) -> list[Row]:
    """Return a MOC's files, each of another kind."""
    return [_file(person, moc, *kind) for kind in person.some_of(_FILES, 5)]


def parts_lists(person: Person, moc: Row, its_files: list[Row]) -> list[Row]:
    """Return the parts lists of a MOC, some of them read from a file of it."""
    read = [file["id"] for file in its_files if file["file_type"] == "parts-list"]
    return [_parts_list(person, moc, number, read) for number in range(person.number(0, 3))]


def shown(person: Person, moc: Row, images: list[Row], albums: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the links from a MOC to images and to albums of the gallery."""
    return (
        list(_links(person, moc, "gallery_image_id", person.some_of(images, 2))),
        list(_links(person, moc, "gallery_album_id", person.some_of(albums, 1))),
    )


def _links(person: Person, moc: Row, column: str, to: list[Row]) -> Iterator[Row]:
    for row in to:
        yield {"id": person.id_of(column, moc["id"], row["id"]), "moc_id": moc["id"], column: row["id"]}


def _file(person: Person, moc: Row, kind: str, extension: str, mime_type: str) -> Row:
    file_id = person.id_of("file", moc["id"], extension)
    return {
        "id": file_id,
        "moc_id": moc["id"],
        "file_type": kind,
        "file_url": f"mocs/{moc['user_id']}/{moc['id']}/{file_id}.{extension}",
        # What a phone uploads has no name worth the word.
        "original_filename": person.perhaps(f"{moc['title']} {kind}.{extension}", 0.9),
        "mime_type": person.perhaps(mime_type, 0.95),
        "created_at": person.moment(),
    }


def _parts_list(person: Person, moc: Row, number: int, read: list[object]) -> Row:
    made, total = person.moment(), person.number(12, 9000)
    acquired = total if person.chance(0.3) else person.number(0, total)
    cost = Decimal(total * person.number(4, 22)) / 100
    return {
        "id": person.id_of("parts list", moc["id"], number),
        "moc_id": moc["id"],
        "file_id": person.perhaps(person.one_of(read), 0.9) if read else None,
        "title": f"{moc['title']}, list {number + 1}",
        "description": person.perhaps("Without the baseplate.", 0.3),
        "built": acquired == total and person.chance(0.6),
        "purchased": acquired == total,
        "inventory_percentage": person.perhaps((Decimal(100 * acquired) / total).quantize(Decimal("0.01")), 0.8),
        "total_parts_count": person.perhaps(total, 0.95),
        "acquired_parts_count": person.perhaps(acquired, 0.95),
        "cost_estimate": person.perhaps(cost, 0.7),
        "actual_cost": person.perhaps(cost + Decimal(person.number(0, 900)) / 100, 0.4),
        "notes": person.perhaps(person.one_of(_NOTES), 0.3),
        "created_at": made,
        "updated_at": person.moment_after(made),
    }
