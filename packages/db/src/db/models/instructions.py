"""Instructions: MOCs and sets, their files, their parts lists, and what of the gallery shows them."""

from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .schema import Base, Cost, CreatedAt, Flag, Id, Percentage, UpdatedAt
from .triggers import touch

if TYPE_CHECKING:
    from .gallery import GalleryAlbum, GalleryImage

InstructionType = Literal["moc", "set"]
"""A user's own creation, or an official set."""
FileType = Literal["instruction", "parts-list", "thumbnail", "gallery-image"]
"""What a file of a MOC is."""

_IS_SET = text("type = 'set'")


class MocInstruction(Base):
    """A MOC or an official set. Its files, parts lists and places in the gallery go with it."""

    __tablename__ = "moc_instructions"

    id: Mapped[Id]
    user_id: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    type: Mapped[InstructionType] = mapped_column(Text)
    author: Mapped[str | None]
    parts_count: Mapped[int | None]
    theme: Mapped[str | None]
    subtheme: Mapped[str | None]
    uploaded_date: Mapped[date | None]
    brand: Mapped[str | None]
    set_number: Mapped[str | None]
    release_year: Mapped[int | None]
    retired: Mapped[bool | None]
    tags: Mapped[list[str] | None]
    thumbnail_url: Mapped[str | None]
    total_piece_count: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    files: Mapped[list["MocFile"]] = relationship(
        back_populates="moc", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )
    parts_lists: Mapped[list["MocPartsList"]] = relationship(
        back_populates="moc", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )
    image_links: Mapped[list["MocGalleryImage"]] = relationship(
        back_populates="moc", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )
    album_links: Mapped[list["MocGalleryAlbum"]] = relationship(
        back_populates="moc", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )

    __table_args__ = (
        UniqueConstraint("user_id", "title"),
        CheckConstraint("type IN ('moc', 'set')", "type"),
        CheckConstraint("type <> 'moc' OR author IS NOT NULL", "moc_has_author"),
        CheckConstraint("type <> 'set' OR brand IS NOT NULL", "set_has_brand"),
        CheckConstraint("release_year >= 1950", "release_year"),
        CheckConstraint("parts_count >= 0", "parts_count"),
        CheckConstraint("total_piece_count >= 0", "total_piece_count"),
        Index(None, "user_id", "created_at"),
        Index(None, "title"),
        Index(
            "uq_moc_instructions_sets",
            "user_id",
            "brand",
            "set_number",
            unique=True,
            postgresql_where=text("type = 'set' AND brand IS NOT NULL AND set_number IS NOT NULL"),
        ),
        Index("ix_moc_instructions_sets_brand_theme", "brand", "theme", postgresql_where=_IS_SET),
        Index("ix_moc_instructions_sets_release_year", "release_year", postgresql_where=_IS_SET),
        Index("ix_moc_instructions_sets_retired", "retired", postgresql_where=_IS_SET),
    )


class MocFile(Base):
    """A file of a MOC: it goes with the MOC."""

    __tablename__ = "moc_files"

    id: Mapped[Id]
    moc_id: Mapped[UUID] = mapped_column(ForeignKey("moc_instructions.id", ondelete="CASCADE"))
    file_type: Mapped[FileType] = mapped_column(Text)
    file_url: Mapped[str]
    original_filename: Mapped[str | None]
    mime_type: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    moc: Mapped["MocInstruction"] = relationship(back_populates="files", lazy="raise_on_sql")
    parts_lists: Mapped[list["MocPartsList"]] = relationship(
        back_populates="file", passive_deletes=True, lazy="raise_on_sql"
    )

    __table_args__ = (
        UniqueConstraint("moc_id", "original_filename"),
        CheckConstraint("file_type IN ('instruction', 'parts-list', 'thumbnail', 'gallery-image')", "file_type"),
        Index(None, "moc_id", "file_type"),
    )


class MocPartsList(Base):
    """The parts that a MOC takes and how far they are acquired. It goes with the MOC; it outlives its file."""

    __tablename__ = "moc_parts_lists"

    id: Mapped[Id]
    moc_id: Mapped[UUID] = mapped_column(ForeignKey("moc_instructions.id", ondelete="CASCADE"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("moc_files.id", ondelete="SET NULL"), index=True)
    title: Mapped[str]
    description: Mapped[str | None]
    built: Mapped[Flag]
    purchased: Mapped[Flag]
    inventory_percentage: Mapped[Percentage | None]
    total_parts_count: Mapped[int | None]
    acquired_parts_count: Mapped[int | None]
    cost_estimate: Mapped[Cost | None]
    actual_cost: Mapped[Cost | None]
    notes: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    moc: Mapped["MocInstruction"] = relationship(back_populates="parts_lists", lazy="raise_on_sql")
    file: Mapped["MocFile | None"] = relationship(back_populates="parts_lists", lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("inventory_percentage BETWEEN 0 AND 100", "inventory_percentage"),
        CheckConstraint("total_parts_count >= 0", "total_parts_count"),
        CheckConstraint("acquired_parts_count >= 0", "acquired_parts_count"),
        # To PostgreSQL a numeric's NaN is greater than any number.
        CheckConstraint("cost_estimate >= 0 AND cost_estimate <> 'NaN'", "cost_estimate"),
        CheckConstraint("actual_cost >= 0 AND actual_cost <> 'NaN'", "actual_cost"),
        Index(None, "moc_id", "built"),
        Index(None, "moc_id", "purchased"),
    )


class MocGalleryImage(Base):
    """An image of the gallery that shows a MOC. It goes with either."""

    __tablename__ = "moc_gallery_images"

    id: Mapped[Id]
    moc_id: Mapped[UUID] = mapped_column(ForeignKey("moc_instructions.id", ondelete="CASCADE"))
    gallery_image_id: Mapped[UUID] = mapped_column(ForeignKey("gallery_images.id", ondelete="CASCADE"), index=True)

    moc: Mapped["MocInstruction"] = relationship(back_populates="image_links", lazy="raise_on_sql")
    gallery_image: Mapped["GalleryImage"] = relationship(back_populates="moc_links", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("moc_id", "gallery_image_id"),)


class MocGalleryAlbum(Base):
    """An album of the gallery that shows a MOC. It goes with either."""

    __tablename__ = "moc_gallery_albums"

    id: Mapped[Id]
    moc_id: Mapped[UUID] = mapped_column(ForeignKey("moc_instructions.id", ondelete="CASCADE"))
    gallery_album_id: Mapped[UUID] = mapped_column(ForeignKey("gallery_albums.id", ondelete="CASCADE"), index=True)

    moc: Mapped["MocInstruction"] = relationship(back_populates="album_links", lazy="raise_on_sql")
    gallery_album: Mapped["GalleryAlbum"] = relationship(back_populates="moc_links", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("moc_id", "gallery_album_id"),)


touch(MocInstruction, "updated_at")
touch(MocPartsList, "updated_at")
