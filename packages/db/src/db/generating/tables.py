"""Tables that refer to each other come and go whole: the foreign keys between them are operations of their own."""

from collections.abc import Iterable, Sequence
from itertools import chain

from alembic.operations import ops
from sqlalchemy import ForeignKeyConstraint

from .statement import Statement


def apart(operations: Sequence[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Return the operations with the foreign keys apart that close a circle, or that lead to a table that goes too."""
    going = {operation.table_name for operation in operations if isinstance(operation, ops.DropTableOp)}
    return list(chain.from_iterable(_apart(operation, going) for operation in operations))


def _apart(operation: ops.MigrateOperation, going: set[str]) -> Iterable[ops.MigrateOperation]:
    match operation:
        case ops.CreateTableOp():
            later = [item for item in operation.columns if isinstance(item, ForeignKeyConstraint) and item.use_alter]
            # By identity: columns compare to SQL.
            operation.columns = [item for item in operation.columns if not any(item is key for key in later)]
            return (operation, *map(_added, later))
        case ops.DropTableOp():
            table = operation.to_table()
            others = going - {operation.table_name}
            between = [key for key in table.foreign_key_constraints if key.referred_table.name in others]
            table.constraints.difference_update(between)
            return (*map(ops.DropConstraintOp.from_constraint, between), ops.DropTableOp.from_table(table))
        case _:
            return (operation,)


def _added(key: ForeignKeyConstraint) -> ops.CreateForeignKeyOp:
    operation = ops.CreateForeignKeyOp.from_constraint(key)
    operation.kw.pop("use_alter", None)  # it has been done
    return operation


def without_redundant(operations: Iterable[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Return the operations without those that drop what goes with its table anyway."""
    operations = list(operations)
    going = {operation.table_name for operation in operations if isinstance(operation, ops.DropTableOp)}

    def redundant(operation: ops.MigrateOperation) -> bool:
        match operation:
            case Statement():
                return operation.drops and operation.table in going
            case ops.DropIndexOp():
                return operation.table_name in going
            case ops.DropConstraintOp():
                return operation.constraint_type != "foreignkey" and operation.table_name in going
            case _:
                return False

    return [operation for operation in operations if not redundant(operation)]
