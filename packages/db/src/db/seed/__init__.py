"""Believable sample data: the same for the same number of users, written fast, and safe to write again."""

from .errors import SchemaMissingError
from .loading import Rows
from .rows import rows_of
from .seeding import Seeded, seed

__all__ = ["Rows", "SchemaMissingError", "Seeded", "rows_of", "seed"]
