"""Renames that are seen as something dropped and something added: whoever runs them loses what was in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Final

from alembic.operations import ops

from db.comparing import Catalog, Thing

from .statement import quoted

_ALIKE: Final = 0.5
"""How much of the columns of two tables, or of two names, must be the same for one to have become the other."""


@dataclass(frozen=True, slots=True)
class Rename:
    """What seems to have been renamed.

    Attributes:
        drops: the operation that drops it.
        seen: what makes it seem so.
        call: what renames it in a revision.
        statement: what renames it in a database.
    """

    drops: ops.MigrateOperation
    seen: str
    call: str
    statement: str


def renames(operations: Iterable[ops.MigrateOperation], wanted: Catalog, present: Catalog) -> Iterator[Rename]:
    """Return each column and table that seems to have been renamed."""
    operations = tuple(operations)
    yield from _tables(operations, wanted, present)
    yield from _columns(operations, wanted, present)


def _columns(operations: tuple[ops.MigrateOperation, ...], wanted: Catalog, present: Catalog) -> Iterator[Rename]:
    gone = [operation for operation in operations if isinstance(operation, ops.DropColumnOp)]
    made = [operation for operation in operations if isinstance(operation, ops.AddColumnOp)]
    for old, new in product(gone, made):
        table, before, after = old.table_name, old.column_name, new.column.name
        if new.table_name != table:
            continue
        same_type = _type(present, table, before) == _type(wanted, table, after)
        if same_type or SequenceMatcher(None, before, after).ratio() > _ALIKE:
            yield Rename(
                old,
                f"column {before} of {table} is dropped and {after} added",
                f"op.alter_column({table!r}, {before!r}, new_column_name={str(after)!r})",
                f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(before)} TO {quoted(after)}",
            )


def _tables(operations: tuple[ops.MigrateOperation, ...], wanted: Catalog, present: Catalog) -> Iterator[Rename]:
    gone = [operation for operation in operations if isinstance(operation, ops.DropTableOp)]
    made = [operation.table_name for operation in operations if isinstance(operation, ops.CreateTableOp)]
    for drop, new in product(gone, made):
        old = drop.table_name
        before, after = _names(present, old), _names(wanted, new)
        if len(before & after) > _ALIKE * len(before | after):
            yield Rename(
                drop,
                f"table {old} is dropped and {new}, which has most of its columns, created",
                f"op.rename_table({old!r}, {new!r})",
                f"ALTER TABLE {quoted(old)} RENAME TO {quoted(new)}",
            )


def _type(catalog: Catalog, table: str, column: str) -> str | None:
    return catalog.get(Thing("column", column, table))


def _names(catalog: Catalog, table: str) -> frozenset[str]:
    return frozenset(thing.name for thing in catalog if thing.kind == "column" and thing.table == table)
