"""The nine tables as a person sees them: their names, which columns a list has, what a row is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from sqlalchemy.orm import InstrumentedAttribute

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
from db.models.instructions import FileType, InstructionType


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is shown.

    Attributes:
        model: its model.
        one: what a row is called.
        many: what rows are called; the table's entry in the menu.
        icon: its class in Font Awesome.
        listed: the attributes that a list has as columns, relationships among them, in this order.
        title: what a row is called by; it may use the relationships to rows that this one refers to.
        searched: the attributes that a search looks into; of a relationship, the other row's title.
        by: the column that a row is looked up by in the forms of others; None where there are none.
        hint: what tells apart rows of one title, likewise.
        choices: the words that a column may hold.
        remark: what is to be known of its rows before something else is deleted.
    """

    model: type[Base]
    one: str
    many: str
    icon: str
    listed: tuple[str, ...]
    title: Callable[[Any], str]
    searched: tuple[str, ...]
    by: InstrumentedAttribute[Any] | None = None
    hint: Callable[[Any], str] = lambda _: ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    remark: str = ""

    @property
    def a_row(self) -> str:
        """What some row is called, with its article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    @property
    def key(self) -> str:
        """The table's name: in PostgreSQL, and in the studio's addresses."""
        return self.model.__tablename__


def _title(row: GalleryImage | GalleryAlbum | MocInstruction | MocPartsList | WishlistItem) -> str:
    return row.title


def _user(row: GalleryImage | GalleryAlbum | MocInstruction) -> str:
    return f"of {row.user_id}"


def _file_title(row: MocFile) -> str:
    return row.original_filename or row.file_url


def _of_moc(row: MocFile) -> str:
    return f"of {row.moc.title}"


_ONLY_THE_LINK: Final = "only the link"

TABLES: Final = (
    Table(
        model=MocInstruction,
        one="MOC or set",
        many="MOCs and sets",
        icon="fa-solid fa-cubes",
        listed=("title", "type", "theme", "brand", "author", "release_year", "parts_count", "tags", "user_id"),
        title=_title,
        by=MocInstruction.title,
        hint=_user,
        searched=("title", "description", "user_id", "author", "brand", "theme", "set_number", "tags"),
        choices={"type": get_args(InstructionType)},
    ),
    Table(
        model=MocFile,
        one="file",
        many="files",
        icon="fa-solid fa-file-lines",
        listed=("original_filename", "file_type", "moc", "mime_type", "file_url"),
        title=_file_title,
        by=MocFile.original_filename,
        hint=_of_moc,
        searched=("original_filename", "file_url", "moc"),
        choices={"file_type": get_args(FileType)},
    ),
    Table(
        model=MocPartsList,
        one="parts list",
        many="parts lists",
        icon="fa-solid fa-list-check",
        listed=("title", "moc", "file", "built", "purchased", "inventory_percentage", "total_parts_count"),
        title=_title,
        searched=("title", "description", "notes", "moc"),
    ),
    Table(
        model=GalleryImage,
        one="image",
        many="images",
        icon="fa-solid fa-image",
        listed=("title", "album", "tags", "flagged", "image_url", "user_id"),
        title=_title,
        by=GalleryImage.title,
        hint=_user,
        searched=("title", "description", "user_id", "tags"),
    ),
    Table(
        model=GalleryAlbum,
        one="album",
        many="albums",
        icon="fa-solid fa-images",
        listed=("title", "cover_image", "description", "user_id"),
        title=_title,
        by=GalleryAlbum.title,
        hint=_user,
        searched=("title", "description", "user_id"),
    ),
    Table(
        model=GalleryFlag,
        one="flag",
        many="flags",
        icon="fa-solid fa-flag",
        listed=("image", "reason", "user_id"),
        title=lambda row: f"{row.image.title}, flagged by {row.user_id}",
        searched=("user_id", "reason", "image"),
    ),
    Table(
        model=MocGalleryImage,
        one="image of a MOC",
        many="images of MOCs",
        icon="fa-solid fa-link",
        listed=("moc", "gallery_image"),
        title=lambda row: f"{row.moc.title}: {row.gallery_image.title}",
        searched=("moc", "gallery_image"),
        remark=_ONLY_THE_LINK,
    ),
    Table(
        model=MocGalleryAlbum,
        one="album of a MOC",
        many="albums of MOCs",
        icon="fa-solid fa-link",
        listed=("moc", "gallery_album"),
        title=lambda row: f"{row.moc.title}: {row.gallery_album.title}",
        searched=("moc", "gallery_album"),
        remark=_ONLY_THE_LINK,
    ),
    Table(
        model=WishlistItem,
        one="wish",
        many="wishes",
        icon="fa-solid fa-gift",
        listed=("title", "category", "sort_order", "product_link", "user_id"),
        title=_title,
        searched=("title", "description", "user_id", "category"),
    ),
)
"""Every table of the schema."""

OF: Final = {table.model.__table__: table for table in TABLES}
"""How each table is shown."""
