"""Renames that are seen as something dropped and something added: whoever runs them loses what was in it."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import product
from typing import Final

from alembic.operations import ops

from db.comparing import Catalog, Thing

_ALIKE: Final = 0.5
"""How much of the columns of two tables, or of two names, must be the same for one to have become the other."""


def renames(operations: Iterable[ops.MigrateOperation], wanted: Catalog, present: Catalog) -> Iterator[str]:
    """Return a warning for each column and table that seems to have been renamed, with what to write instead."""
    operations = tuple(operations)
    yield from _tables(operations, wanted, present)
    yield from _columns(operations, wanted, present)


def _columns(operations: tuple[ops.MigrateOperation, ...], wanted: Catalog, present: Catalog) -> Iterator[str]:
    gone = [operation for operation in operations if isinstance(operation, ops.DropColumnOp)]
    made = [operation for operation in operations if isinstance(operation, ops.AddColumnOp)]
    for old, new in product(gone, made):
        table, before, after = old.table_name, old.column_name, new.column.name
        if new.table_name != table:
            continue
        same_type = _type(present, table, before) == _type(wanted, table, after)
        if same_type or SequenceMatcher(None, before, after).ratio() > _ALIKE:
            yield (
                f"{table}: column {before} is dropped and {after} added: what was in it is lost. If it is a rename,"
                f" write instead: op.alter_column({table!r}, {before!r}, new_column_name={after!r})"
            )


def _tables(operations: tuple[ops.MigrateOperation, ...], wanted: Catalog, present: Catalog) -> Iterator[str]:
    gone = [operation.table_name for operation in operations if isinstance(operation, ops.DropTableOp)]
    made = [operation.table_name for operation in operations if isinstance(operation, ops.CreateTableOp)]
    for old, new in product(gone, made):
        before, after = _names(present, old), _names(wanted, new)
        if len(before & after) > _ALIKE * len(before | after):
            yield (
                f"table {old} is dropped and {new}, which has most of its columns, created: its rows are lost. If it is"
                f" a rename, write instead: op.rename_table({old!r}, {new!r})"
            )


def _type(catalog: Catalog, table: str, column: str) -> str | None:
    return catalog.get(Thing("column", column, table))


def _names(catalog: Catalog, table: str) -> frozenset[str]:
    return frozenset(thing.name for thing in catalog if thing.kind == "column" and thing.table == table)
