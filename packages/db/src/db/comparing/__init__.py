"""What a database's schema is, and how two differ: as PostgreSQL itself prints them.

A text that a person wrote and the one that PostgreSQL keeps of it are spelled differently, so texts are compared only
after PostgreSQL has read both: the models are put into one database and the migrations into another.
"""

from .building import build
from .catalog import Catalog, Thing, is_required, read, type_of
from .difference import Difference, differences
from .queries import Kind

__all__ = ["Catalog", "Difference", "Kind", "Thing", "build", "differences", "is_required", "read", "type_of"]
