"""Indexes that Alembic takes for the same and PostgreSQL does not: above all those with another predicate."""

from collections.abc import Collection, Iterator

from alembic.operations import ops
from sqlalchemy import Connection, Index, MetaData, Table

from db.comparing import Catalog


def changed_indexes(
    connection: Connection,
    metadata: MetaData,
    wanted: Catalog,
    present: Catalog,
    seen: Collection[tuple[str, str]],
) -> Iterator[ops.MigrateOperation]:
    """Return the operations that make indexes anew whose definitions differ.

    Args:
        connection: leads to the database that is to change.
        metadata: the models.
        wanted: what the models are in a database.
        present: what the database is.
        seen: what has an operation already: the table and the name of each index.
    """
    for thing in sorted({*wanted} & {*present}, key=lambda thing: (thing.table, thing.name)):
        if thing.kind != "index" or wanted[thing] == present[thing] or (thing.table, thing.name) in seen:
            continue
        new = _index(metadata.tables.get(thing.table), thing.name)
        old = _index(Table(thing.table, MetaData(), autoload_with=connection, resolve_fks=False), thing.name)
        if new is not None and old is not None:
            yield ops.DropIndexOp.from_index(old)
            yield ops.CreateIndexOp.from_index(new)


def _index(table: Table | None, name: str) -> Index | None:
    return next((index for index in table.indexes if index.name == name), None) if table is not None else None
