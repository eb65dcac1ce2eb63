"""A person's gallery: albums with covers, images in and out of them, and what others found wrong with some."""

import json
from collections.abc import Iterator

from .person import Person, Row
from .words import ALBUMS, MANNERS, MARKS, REASONS, REMARKS, SHOTS, TAGS, THEMES


def gallery(person: Person) -> tuple[list[Row], list[Row], list[Row]]:
    """Return a person's albums, images and the flags on these images."""
    albums = [_album(person, number) for number in person.count(1, 3)]
    images = [_image(person, number, albums) for number in person.count(3, 9)]
    for album in albums:
        inside = [image["id"] for image in images if image["album_id"] == album["id"]]
        album["cover_image_id"] = person.perhaps(person.one_of(inside), 0.8) if inside else None
    return albums, images, [flag for image in images if image["flagged"] for flag in _flags(person, image)]


def tags(person: Person) -> str | None:
    """Return tags as JSON; None where there are none."""
    chosen = person.some_of(TAGS, 4)
    return json.dumps(chosen, ensure_ascii=False) if chosen else None


def title(person: Person) -> str:
    """Return what someone calls what they have built."""
    return f"{person.one_of(MANNERS)} {person.one_of(person.one_of(THEMES).things)}{person.one_of(MARKS)}"


def _album(person: Person, number: int) -> Row:
    made = person.moment()
    return {
        "id": person.id_of("album", number),
        "user_id": person.user_id,
        "title": person.one_of(ALBUMS),
        "description": person.perhaps(person.one_of(REMARKS), 0.5),
        "cover_image_id": None,
        "created_at": made,
        "last_updated_at": person.moment_after(made),
    }


def _image(person: Person, number: int, albums: list[Row]) -> Row:
    made, file = person.moment(), person.id_of("image file", number)
    folder = f"images/{person.user_id}"
    return {
        "id": person.id_of("image", number),
        "user_id": person.user_id,
        "title": f"{title(person)}, {person.one_of(SHOTS)}",
        "description": person.perhaps(person.one_of(REMARKS), 0.4),
        "tags": tags(person),
        "image_url": f"{folder}/{file}.webp",
        "thumbnail_url": person.perhaps(f"{folder}/thumbnails/{file}.webp", 0.9),
        "album_id": person.perhaps(person.favorite_of(albums)["id"], 0.7),
        "flagged": person.chance(0.04),
        "created_at": made,
        "last_updated_at": person.moment_after(made),
    }


def _flags(person: Person, image: Row) -> Iterator[Row]:
    for flagged_by in sorted({person.other() for _ in range(person.number(1, 3))}):
        made = person.moment_after(person.moment())
        yield {
            "id": person.id_of("flag", image["id"], flagged_by),
            "image_id": image["id"],
            "user_id": flagged_by,
            "reason": person.perhaps(person.one_of(REASONS), 0.8),
            "created_at": made,
            "last_updated_at": made,
        }
