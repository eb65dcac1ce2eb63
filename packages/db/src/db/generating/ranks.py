"""In what order the operations of a revision come: the reverse of it is as good a way back."""

from enum import IntEnum, auto

from alembic.operations import ops

from .statement import Statement


class Rank(IntEnum):
    """The order: what depends on something goes before it and comes after it."""

    TRIGGER_GONE = auto()
    FOREIGN_KEY_GONE = auto()
    GONE = auto()
    NAME = auto()
    FUNCTION = auto()
    TABLE = auto()
    COLUMN = auto()
    COLUMN_GONE = auto()
    TABLE_GONE = auto()
    CONSTRAINT = auto()
    INDEX = auto()
    FOREIGN_KEY = auto()
    TRIGGER = auto()
    FUNCTION_GONE = auto()


def rank(operation: ops.MigrateOperation) -> tuple[int, str, str]:  # noqa: PLR0911  # a line for each kind
    """Return a key to sort by. New tables and columns stay in the order of the models."""
    match operation:
        case Statement():
            return operation.rank, operation.table, ""
        case ops.CreateForeignKeyOp():
            return Rank.FOREIGN_KEY, operation.source_table, str(operation.constraint_name)
        case ops.DropConstraintOp():
            gone = Rank.FOREIGN_KEY_GONE if operation.constraint_type == "foreignkey" else Rank.GONE
            return gone, operation.table_name, str(operation.constraint_name)
        case ops.DropIndexOp():
            return Rank.GONE, operation.table_name or "", str(operation.index_name)
        case ops.CreateIndexOp():
            return Rank.INDEX, operation.table_name, str(operation.index_name)
        case ops.CreateTableOp():
            return Rank.TABLE, "", ""
        case ops.DropTableOp():
            return Rank.TABLE_GONE, operation.table_name, ""
        case ops.DropColumnOp():
            return Rank.COLUMN_GONE, operation.table_name, operation.column_name
        case ops.AddConstraintOp():
            return Rank.CONSTRAINT, "", ""
        case _:
            return Rank.COLUMN, "", ""
