"""Everything that a user has, as rows of the nine tables."""

from . import attachments
from .gallery import gallery
from .instructions import instructions
from .person import Person, Row
from .wishlist import wishlist


def rows_of(number: int) -> dict[str, list[Row]]:
    """Return the rows of user `number`, from 0 on, by table: the same ones at any time, whoever else there is."""
    person = Person(number)
    albums, images, flags = gallery(person)
    mocs = instructions(person)
    rows: dict[str, list[Row]] = {
        "gallery_albums": albums,
        "gallery_images": images,
        "gallery_flags": flags,
        "moc_instructions": mocs,
        "moc_files": [],
        "moc_parts_lists": [],
        "moc_gallery_images": [],
        "moc_gallery_albums": [],
        "wishlist_items": wishlist(person),
    }
    for moc in mocs:
        files = attachments.files(person, moc)
        to_images, to_albums = attachments.shown(person, moc, images, albums)
        rows["moc_files"] += files
        rows["moc_parts_lists"] += attachments.parts_lists(person, moc, files)
        rows["moc_gallery_images"] += to_images
        rows["moc_gallery_albums"] += to_albums
    return rows
