"""What a change of the schema takes from the rows that there are."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from alembic.operations import ops

from db.comparing import Catalog, Thing, type_of

_INTEGERS: Final = ("smallint", "integer", "bigint")
_SIZED: Final = re.compile(r"(character varying|numeric)\((\d+)(?:,(\d+))?\)")


def losses(operations: Iterable[ops.MigrateOperation], wanted: Catalog, present: Catalog) -> Iterator[str]:
    """Return what would be lost, or stands in the way, in a line for each."""
    for operation in operations:
        match operation:
            case ops.DropTableOp():
                yield f"table {operation.table_name} and its rows"
            case ops.DropColumnOp():
                yield f"column {operation.column_name} of {operation.table_name} and what is in it"
            case ops.AlterColumnOp():
                yield from _altered(operation, wanted, present)
            case _:
                continue


def _altered(operation: ops.AlterColumnOp, wanted: Catalog, present: Catalog) -> Iterator[str]:
    column = Thing("column", operation.column_name, operation.table_name)
    old, new = type_of(present, column), type_of(wanted, column)
    if old != new and not widens(old, new):
        yield f"of {column} what does not fit when it goes from {old} to {new}"
    if operation.modify_nullable is False:
        yield f"of {column} that it may be empty: this fails where a row has no value in it"


def widens(old: str, new: str) -> bool:
    """Return whether every value of a type is one of another."""
    if old in _INTEGERS and new in _INTEGERS:
        return _INTEGERS.index(old) <= _INTEGERS.index(new)
    before, after = _SIZED.fullmatch(old), _SIZED.fullmatch(new)
    if before and after and before[1] == after[1]:
        digits, scale = int(before[2]), int(before[3] or 0)
        return int(after[3] or 0) >= scale and int(after[2]) - int(after[3] or 0) >= digits - scale
    unbounded = before is not None and new == before[1]
    return new in ("text", "character varying") or unbounded or (old in _INTEGERS and new == "numeric")
