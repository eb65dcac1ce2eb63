"""The gallery: images, the albums they are in, and what users have flagged."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .schema import Base, CreatedAt, Flag, Id, UpdatedAt
from .triggers import touch

if TYPE_CHECKING:
    from .instructions import MocGalleryAlbum, MocGalleryImage


class GalleryImage(Base):
    """An image that a user shows. Deleting its album keeps it."""

    __tablename__ = "gallery_images"

    id: Mapped[Id]
    user_id: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    tags: Mapped[list[str] | None]
    image_url: Mapped[str]
    thumbnail_url: Mapped[str | None]
    album_id: Mapped[UUID | None] = mapped_column(ForeignKey("gallery_albums.id", ondelete="SET NULL"))
    flagged: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    last_updated_at: Mapped[UpdatedAt]

    album: Mapped["GalleryAlbum | None"] = relationship(
        back_populates="images", foreign_keys=album_id, lazy="raise_on_sql"
    )
    covered_albums: Mapped[list["GalleryAlbum"]] = relationship(
        back_populates="cover_image",
        foreign_keys="GalleryAlbum.cover_image_id",
        post_update=True,
        passive_deletes=True,
        lazy="raise_on_sql",
    )
    flags: Mapped[list["GalleryFlag"]] = relationship(
        back_populates="image", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )
    moc_links: Mapped[list["MocGalleryImage"]] = relationship(
        back_populates="gallery_image", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )

    __table_args__ = (Index(None, "user_id", "created_at"), Index(None, "album_id", "created_at"))


class GalleryAlbum(Base):
    """A user's album. Deleting it keeps its images; deleting its cover image leaves it without one."""

    __tablename__ = "gallery_albums"

    id: Mapped[Id]
    user_id: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    # Images and albums refer to each other: this half of the circle is added when both are there.
    cover_image_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("gallery_images.id", ondelete="SET NULL", use_alter=True), index=True
    )
    created_at: Mapped[CreatedAt]
    last_updated_at: Mapped[UpdatedAt]

    cover_image: Mapped["GalleryImage | None"] = relationship(
        back_populates="covered_albums", foreign_keys=cover_image_id, post_update=True, lazy="raise_on_sql"
    )
    images: Mapped[list["GalleryImage"]] = relationship(
        back_populates="album", foreign_keys="GalleryImage.album_id", passive_deletes=True, lazy="raise_on_sql"
    )
    moc_links: Mapped[list["MocGalleryAlbum"]] = relationship(
        back_populates="gallery_album", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )

    __table_args__ = (Index(None, "user_id", "created_at"),)


class GalleryFlag(Base):
    """What a user finds wrong with an image, once for each user and image. It goes with the image."""

    __tablename__ = "gallery_flags"

    id: Mapped[Id]
    image_id: Mapped[UUID] = mapped_column(ForeignKey("gallery_images.id", ondelete="CASCADE"))
    user_id: Mapped[str]
    reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    last_updated_at: Mapped[UpdatedAt]

    image: Mapped["GalleryImage"] = relationship(back_populates="flags", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("image_id", "user_id"),)  # also the index of the foreign key


touch(GalleryImage, "last_updated_at")
touch(GalleryAlbum, "last_updated_at")
touch(GalleryFlag, "last_updated_at")
