"""The wishlist: what a user would like to have, in the order that they put it in."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .schema import Base, CreatedAt, Id, UpdatedAt
from .triggers import touch


class WishlistItem(Base):
    """Something that a user would like to have."""

    __tablename__ = "wishlist_items"

    id: Mapped[Id]
    user_id: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    product_link: Mapped[str | None]
    image_url: Mapped[str | None]
    category: Mapped[str | None]
    sort_order: Mapped[int]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (Index(None, "user_id", "sort_order"), Index(None, "user_id", "category", "sort_order"))


touch(WishlistItem, "updated_at")
