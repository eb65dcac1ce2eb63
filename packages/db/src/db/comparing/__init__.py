"""What a database's schema is, and how two differ: as PostgreSQL itself prints them.

A text that a person wrote and the one that PostgreSQL keeps of it are spelled differently, so texts are compared only
after PostgreSQL has read both: the models are put into one database and the migrations into another.
"""

from .asking import looking_at
from .building import build
from .catalog import Catalog, Thing, is_required, read, type_of
from .difference import Difference, differences
from .errors import ComparingError, ModelsError, UnreadableError
from .queries import Kind

__all__ = [
    "Catalog",
    "ComparingError",
    "Difference",
    "Kind",
    "ModelsError",
    "Thing",
    "UnreadableError",
    "build",
    "differences",
    "is_required",
    "looking_at",
    "read",
    "type_of",
]
