"""The revisions that a change takes on a table that others use: what would stop them comes in steps that don't.

An index is made concurrently, in a revision of its own. A foreign key or check is added without looking at the rows,
and they are looked at in a later revision, which others don't wait for. A column that becomes NOT NULL is checked so
first, and a unique constraint takes over an index.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic.operations import ops
from sqlalchemy.schema import conv

from .concurrent import ConcurrentIndex
from .ranks import Rank
from .statement import Statement, quoted

_Operations = list[ops.MigrateOperation]


@dataclass(frozen=True, slots=True)
class Part:
    """One revision of a change.

    Attributes:
        name: what it does; empty where it is all, or most.
        operations: its operations, in order.
        concurrent: whether it is one concurrent index statement.
    """

    name: str
    operations: Sequence[ops.MigrateOperation]
    concurrent: bool = False


@dataclass(slots=True)
class _Steps:
    """What comes when: old indexes go, the change, new indexes come, and then what takes a look at every row."""

    dropped: _Operations = field(default_factory=_Operations)
    main: _Operations = field(default_factory=_Operations)
    made: _Operations = field(default_factory=_Operations)
    last: _Operations = field(default_factory=_Operations)


def parts(operations: Iterable[ops.MigrateOperation], live: Collection[str]) -> list[Part]:
    """Return the revisions that operations take, in order.

    Args:
        operations: in the order in which they would run in one.
        live: the tables that there are, and that stay.
    """
    steps = _Steps()
    for operation in operations:
        _place(operation, live, steps)
    whole = [Part("", steps.main)] if steps.main else []
    finish = [Part("finish" if steps.main or steps.made else "", steps.last)] if steps.last else []
    return [*map(_indexed, steps.dropped), *whole, *map(_indexed, steps.made), *finish]


def _indexed(operation: ops.MigrateOperation) -> Part:
    assert isinstance(operation, ConcurrentIndex)  # noqa: S101  # nothing else is put there
    return Part(f"{'drop' if operation.drops else 'make'} {operation.index.index_name}", (operation,), concurrent=True)


def _place(operation: ops.MigrateOperation, live: Collection[str], steps: _Steps) -> None:
    match operation:
        case ops.DropIndexOp() if operation.table_name in live:
            steps.dropped.append(ConcurrentIndex(operation.reverse(), drops=True))
        case ops.CreateIndexOp() if operation.table_name in live:
            steps.made.append(ConcurrentIndex(operation))
        case ops.CreateUniqueConstraintOp() if operation.table_name in live and not operation.kw:
            _unique(operation, steps)
        case ops.CreateForeignKeyOp() if operation.source_table in live:
            operation.kw["postgresql_not_valid"] = True
            steps.main.append(operation)
            steps.last.append(_validated(operation.source_table, str(operation.constraint_name)))
        case Statement(validates=str(name)) if operation.table in live:
            operation.sql += " NOT VALID"
            steps.main.append(operation)
            steps.last.append(_validated(operation.table, name))
        case ops.AlterColumnOp(modify_nullable=False) if operation.table_name in live:
            _required(operation, steps)
        case _:
            steps.main.append(operation)


def _validated(table: str, constraint: str) -> Statement:
    return Statement(f"ALTER TABLE {quoted(table)} VALIDATE CONSTRAINT {quoted(constraint)}", "", table=table)


def _unique(operation: ops.CreateUniqueConstraintOp, steps: _Steps) -> None:
    name, table = str(operation.constraint_name), operation.table_name
    index = ops.CreateIndexOp(conv(name), table, list(operation.columns), unique=True)
    steps.made.append(ConcurrentIndex(index))
    steps.last.append(
        Statement(
            f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} UNIQUE USING INDEX {quoted(name)}",
            f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}",
            table=table,
            rank=Rank.CONSTRAINT,
        )
    )


def _required(operation: ops.AlterColumnOp, steps: _Steps) -> None:
    table, column = operation.table_name, operation.column_name
    name = quoted(f"ck_{table}_{column}_required")
    add = f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {name} CHECK ({quoted(column)} IS NOT NULL) NOT VALID"
    drop = f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {name}"
    required = _only_required(operation)
    operation.modify_nullable = None
    if operation.has_changes():
        steps.main.append(operation)
    steps.main.append(Statement(add, drop, table=table))
    steps.last += [_validated(table, f"ck_{table}_{column}_required"), required, Statement(drop, add, table=table)]


def _only_required(operation: ops.AlterColumnOp) -> ops.AlterColumnOp:
    # What else of the column changes has changed by then.
    changed: dict[str, Any] = {
        "existing_type": operation.modify_type if operation.modify_type is not None else operation.existing_type,
        "existing_nullable": True,
        "modify_nullable": False,
    }
    return ops.AlterColumnOp(operation.table_name, operation.column_name, **changed)
