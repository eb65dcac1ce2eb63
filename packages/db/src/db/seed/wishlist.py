"""A person's wishlist, in the order that they want things."""

from .person import Person, Row
from .words import CATEGORIES, KNOWN_SETS, REMARKS, WISHES


def wishlist(person: Person) -> list[Row]:
    """Return what a person would like to have."""
    return [_wish(person, number) for number in person.count(2, 8)]


def _wish(person: Person, number: int) -> Row:
    item_id, made = person.id_of("wish", number), person.moment()
    wanted = person.one_of(KNOWN_SETS)
    is_set = person.chance(0.5)
    category = "sets" if is_set else person.perhaps(person.one_of(CATEGORIES), 0.8)
    return {
        "id": item_id,
        "user_id": person.user_id,
        "title": f"{wanted.number} {wanted.title}" if is_set else person.one_of(WISHES),
        "description": person.perhaps(person.one_of(REMARKS), 0.2),
        "product_link": person.perhaps(f"https://shop.example/sets/{wanted.number}", 0.6) if is_set else None,
        "image_url": person.perhaps(f"wishlist/{person.user_id}/{item_id}.webp", 0.5),
        "category": category,
        "sort_order": number + 1,
        "created_at": made,
        "updated_at": person.moment_after(made),
    }
