"""What there is to draw: tables with their columns, and what refers to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column.

    Attributes:
        name: its name.
        type: its type, without its size: `numeric`.
        size: of the type, `(5, 2)`; empty for most.
        null: whether it may be null.
        marks: what it is of: a primary key (PK), a foreign key (FK), something unique (UK).
        unique: with what it is so, each time: `with title`; nothing is said of what is unique by itself.
    """

    name: str
    type: str
    size: str
    null: bool
    marks: tuple[str, ...]
    unique: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A table and its columns, in their order."""

    name: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key.

    Attributes:
        table: whose rows refer.
        column: by which column.
        to: to the rows of which table.
        null: whether a row may refer to none.
        on_delete: what happens when the row that is referred to is deleted: `cascade`, `set null`, `no action`.
    """

    table: str
    column: str
    to: str
    null: bool
    on_delete: str


def entities(schema: MetaData) -> list[Entity]:
    """Return the tables of a schema, by name."""
    return [Entity(table.name, tuple(_attributes(table))) for table in _by_name(schema)]


def references(schema: MetaData) -> list[Reference]:
    """Return the foreign keys of a schema, by table and column."""
    return [
        Reference(
            table=table.name,
            column=key.parent.name,
            to=key.column.table.name,
            null=bool(key.parent.nullable),
            on_delete=(key.ondelete or "no action").lower(),
        )
        for table in _by_name(schema)
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
    ]


def _by_name(schema: MetaData) -> list[Table]:
    return sorted(schema.tables.values(), key=lambda table: table.name)


def _attributes(table: Table) -> Iterator[Attribute]:
    together = sorted(_unique(table))
    for column in table.columns:
        unique = [_with(column.name, columns, some=some) for columns, some in together if column.name in columns]
        marks = (("PK", column.primary_key), ("FK", bool(column.foreign_keys)), ("UK", bool(unique)))
        name, size = _type(column)
        yield Attribute(
            name=column.name,
            type=name,
            size=size,
            null=bool(column.nullable),
            marks=tuple(mark for mark, is_so in marks if is_so),
            unique=tuple(filter(None, unique)),
        )


def _type(column: Column[Any]) -> tuple[str, str]:
    name, _, size = str(column.type.compile(dialect=postgresql.dialect())).lower().partition("(")
    return name.replace("timestamp with time zone", "timestamptz"), f"({size}" if size else ""


def _unique(table: Table) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Return the columns of what is unique, by constraint or by index, and whether it is so in some rows only."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield tuple(constraint.columns.keys()), False
    for index in table.indexes:
        if index.unique:
            yield tuple(index.columns.keys()), index.dialect_options["postgresql"]["where"] is not None


def _with(name: str, columns: tuple[str, ...], *, some: bool) -> str:
    others = ", ".join(other for other in columns if other != name)
    return " ".join(filter(None, (others and f"with {others}", "in some rows" if some else "")))
