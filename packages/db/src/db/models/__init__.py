"""The schema: a model for each table, a module for each subject.

Every relationship has to be asked for: reading one that a query did not load raises, instead of a query per row.
What deleting a row does is the database's to do, by its foreign keys; the models say the same.
"""

from .gallery import GalleryAlbum, GalleryFlag, GalleryImage
from .instructions import MocFile, MocGalleryAlbum, MocGalleryImage, MocInstruction, MocPartsList
from .schema import Base
from .wishlist import WishlistItem

__all__ = [
    "Base",
    "GalleryAlbum",
    "GalleryFlag",
    "GalleryImage",
    "MocFile",
    "MocGalleryAlbum",
    "MocGalleryImage",
    "MocInstruction",
    "MocPartsList",
    "WishlistItem",
]
