"""Believable sample data: the same for the same number of users, written fast, and safe to write again."""

from .errors import RowsRefusedError, SchemaMissingError, SeedError
from .loading import Rows
from .rows import rows_of
from .seeding import Seeded, seed

__all__ = ["Rows", "RowsRefusedError", "SchemaMissingError", "SeedError", "Seeded", "rows_of", "seed"]
