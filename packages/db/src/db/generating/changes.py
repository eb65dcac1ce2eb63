"""The operations that bring a database from one schema to another: Alembic's, and those that it lacks."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Column, Connection, MetaData

from db.comparing import Catalog, Thing, type_of

from .casts import with_casts
from .indexes import changed_indexes
from .ranks import rank
from .renamed import renamed
from .tables import apart
from .unseen import unseen

_GENERATED: Final = "GENERATED ALWAYS AS ("


def changes(
    connection: Connection, metadata: MetaData, wanted: Catalog, present: Catalog
) -> list[ops.MigrateOperation]:
    """Return the operations that make a database what the models say, in an order in which they can run.

    Args:
        connection: leads to the database.
        metadata: the models.
        wanted: what the models are in a database.
        present: what the database is.
    """
    context = MigrationContext.configure(connection, opts={"target_metadata": metadata, **_compared(wanted, present)})
    script = produce_migrations(context, metadata)
    assert script.upgrade_ops is not None  # noqa: S101  # so Alembic's types have it; it always makes them
    found = [found for found in flat(script.upgrade_ops.ops) if not _same(found, wanted, present)]
    names = list(renamed(wanted, present))
    done = {(thing.table, thing.name) for pair in names for thing in (pair.old, pair.new)}
    told = [
        with_casts(operation, connection, wanted, present)
        for operation in apart(found)
        if _named(operation) not in done
    ]
    seen = done | {named for operation in told if (named := _named(operation))}
    indexes = changed_indexes(connection, metadata, wanted, present, seen)
    statements = (pair.statement for pair in names)
    return sorted([*told, *statements, *indexes, *unseen(wanted, present, seen)], key=rank)


def flat(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    """Return operations without the containers in which Alembic puts those of one table."""
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from operation.ops
        else:
            yield operation


def _compared(wanted: Catalog, present: Catalog) -> dict[str, Any]:
    """Return how columns are compared: PostgreSQL has read both, which is more than their texts tell."""

    def type_differs(_: object, __: object, column: Column[Any], *___: object) -> bool:
        thing = Thing("column", column.name, column.table.name)
        return type_of(wanted, thing) != type_of(present, thing)

    def default_differs(_: object, __: object, column: Column[Any], *___: object) -> bool:
        thing = Thing("default", column.name, column.table.name)
        new, old = wanted.get(thing, ""), present.get(thing, "")
        # How a column is generated can't be altered: it is told as a difference that was not written.
        return new != old and not new.startswith(_GENERATED) and not old.startswith(_GENERATED)

    return {"compare_type": type_differs, "compare_server_default": default_differs}


def _named(operation: ops.MigrateOperation) -> tuple[str, str] | None:
    match operation:
        case ops.CreateForeignKeyOp():
            return operation.source_table, str(operation.constraint_name)
        case ops.CreateIndexOp() | ops.DropIndexOp():
            return operation.table_name or "", str(operation.index_name)
        case ops.CreateUniqueConstraintOp() | ops.CreateCheckConstraintOp() | ops.DropConstraintOp():
            return operation.table_name, str(operation.constraint_name)
        case _:
            return None


def _same(operation: ops.MigrateOperation, wanted: Catalog, present: Catalog) -> bool:
    """Return whether Alembic takes two constraints or indexes for different that are not."""
    if (named := _named(operation)) is None:
        return False
    table, name = named
    things = (Thing("constraint", name, table), Thing("index", name, table))
    return all(wanted.get(thing) == present.get(thing) for thing in things)
