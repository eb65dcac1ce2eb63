"""The schema of a database, read from its catalogs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, text

from .queries import OURS, QUERIES, Kind

_NOT_NULL: Final = "NOT NULL"
"""What the definition of a column that must have a value ends with."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a schema consists of.

    Attributes:
        kind: what it is.
        name: its name; of a function, with the types of its arguments; of a default, its column's.
        table: the table that it belongs to; empty for what belongs to none.
    """

    kind: Kind
    name: str
    table: str = ""

    def __str__(self) -> str:
        """Return it as a person names it: `index ix_mocs_title of mocs`."""
        return f"{self.kind} {self.name}" + (f" of {self.table}" if self.table else "")


Catalog = Mapping[Thing, str]
"""A schema: each thing, and its definition as PostgreSQL prints it. The order of columns is no part of it.

An identity, or how a column is generated, counts as its default.
"""


def read(connection: Connection) -> Catalog:
    """Return what is in the schema `public` of a database; Alembic's own table and all privileges are left out."""
    found: dict[Thing, str] = {}
    for kind, query in QUERIES.items():
        rows = connection.execute(text(f"{OURS}\n{query}".replace(":", "\\:")))
        found.update({Thing(kind, name, table): definition.strip() for name, table, definition in rows})
    return MappingProxyType(found)


def type_of(catalog: Catalog, column: Thing) -> str:
    """Return the type of a column, and its collation where it is not the type's."""
    return catalog[column].removesuffix(_NOT_NULL).rstrip()


def is_required(catalog: Catalog, column: Thing) -> bool:
    """Return whether a column must have a value."""
    return catalog[column].endswith(_NOT_NULL)
