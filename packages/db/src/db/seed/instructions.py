"""A person's MOCs and sets; what hangs on each is made by `attachments`."""

from collections import Counter
from datetime import timedelta
from typing import Final

from .gallery import tags, title
from .person import Person, Row
from .words import AUTHORS, BRANDS, KNOWN_SETS, REMARKS, THEMES, KnownSet

_SOLD_SINCE: Final = 2024
"""Sets of that year and later are still sold."""


def instructions(person: Person) -> list[Row]:
    """Return a person's MOCs and sets; no two of theirs have their title in common, and no two sets their number."""
    known = person.some_of(KNOWN_SETS, len(KNOWN_SETS))
    rows = [
        _instruction(person, number, _set(person, number, known) if person.chance(0.4) else _moc(person))
        for number in person.count(2, 6)
    ]
    titles: Counter[object] = Counter()
    for row in rows:
        titles[row["title"]] += 1
        if titles[row["title"]] > 1:
            row["title"] = f"{row['title']} #{titles[row['title']]}"
    return rows


def _instruction(person: Person, number: int, what: Row) -> Row:
    moc_id, made = person.id_of("moc", number), person.moment()
    thumbnail = f"mocs/{person.user_id}/{moc_id}/{person.id_of('thumbnail', number)}.{person.one_of(('jpg', 'webp'))}"
    return {
        "id": moc_id,
        "user_id": person.user_id,
        "description": person.perhaps(person.one_of(REMARKS), 0.6),
        **what,
        "uploaded_date": person.perhaps((made - timedelta(days=person.number(0, 30))).date(), 0.7),
        "tags": tags(person),
        "thumbnail_url": person.perhaps(thumbnail, 0.8),
        "created_at": made,
        "updated_at": person.moment_after(made),
    }


def _moc(person: Person) -> Row:
    theme, parts = person.one_of(THEMES), person.perhaps(person.number(12, 9000), 0.9)
    return {
        "title": title(person),
        "type": "moc",
        "author": person.one_of(AUTHORS),
        "parts_count": parts,
        "theme": person.perhaps(theme.name, 0.9),
        "subtheme": person.perhaps(person.one_of(theme.subthemes), 0.5),
        "brand": None,
        "set_number": None,
        "release_year": None,
        "retired": None,
        "total_piece_count": person.perhaps(parts, 0.5),
    }


def _set(person: Person, number: int, known: list[KnownSet]) -> Row:
    theme, brand = person.one_of(THEMES), person.one_of(BRANDS)
    if known and person.chance(0.5):
        chosen, brand = known.pop(), "LEGO"
    else:
        # Its last three digits are its place among the person's: no two are alike.
        own = f"{person.number(60, 79)}{number:03}"
        chosen = KnownSet(own, title(person), theme.name, person.number(1950, 2025), person.number(40, 4000))
    # People note what they know: the number and the year are on the box, whether it is still sold is not.
    return {
        "title": chosen.title,
        "type": "set",
        "author": None,
        "parts_count": chosen.pieces,
        "theme": person.perhaps(chosen.theme, 0.95),
        "subtheme": None,
        "brand": brand,
        "set_number": person.perhaps(chosen.number, 0.95),
        "release_year": person.perhaps(chosen.year, 0.9),
        "retired": person.perhaps(chosen.year < _SOLD_SINCE, 0.8),
        "total_piece_count": chosen.pieces,
    }
