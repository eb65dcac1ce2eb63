"""What it takes to bring a database to the models, told before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from sqlalchemy import MetaData

from core import Postgres
from db.comparing import Catalog, Difference, build, differences, looking_at, read
from db.generating.changes import changes
from db.generating.renames import renames
from db.generating.statement import Statement
from db.generating.tables import without_redundant
from db.models import Base

from .losses import losses


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        differences: where the database is not what the models say.
        statements: the statements that mend that, in order.
        loses: what the rows lose by that, in a line for each.
        warnings: what looks like a rename.
        wanted: what the database will be.
    """

    differences: tuple[Difference, ...]
    statements: tuple[str, ...]
    loses: tuple[str, ...]
    warnings: tuple[str, ...]
    wanted: Catalog


def plan(link: Postgres, scratch: Postgres, *, metadata: MetaData | None = None) -> Plan:
    """Return what it takes to bring a database to the models; nothing is changed.

    Args:
        link: the database, as the role that owns its schema.
        scratch: an empty one, which the models are put into, likewise.
        metadata: the models; those of the application if not given.

    Raises:
        ModelsError: PostgreSQL or SQLAlchemy does not take the models.
        UnreadableError: the database's schema can't be read, or what makes it another can't be told.
        ConnectionFailedError: a database does not answer in time.
    """
    metadata = Base.metadata if metadata is None else metadata
    with looking_at(scratch) as connection:
        build(connection, metadata)
        wanted = read(connection)
    with looking_at(link) as connection:
        present = read(connection)
        operations = changes(connection, metadata, wanted, present) if wanted != present else ()
    return Plan(
        differences=differences(wanted, present),
        statements=_statements(without_redundant(operations)),
        loses=tuple(losses(operations, wanted, present)),
        warnings=tuple(
            f"may be a rename: {rename.seen}, so that what was in it would be lost; if it is one, rename it in the"
            f" database yourself first, with psql as in .local/env: `{rename.statement}`"
            for rename in renames(operations, wanted, present)
        ),
        wanted=wanted,
    )


class _Statements(StringIO):
    """What Alembic writes statements to: each in one call."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def write(self, statement: str, /) -> int:
        """Take a statement."""
        self.found.append(statement.strip().removesuffix(";"))
        return len(statement)


def _statements(operations: Iterable[ops.MigrateOperation]) -> tuple[str, ...]:
    buffer = _Statements()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},  # with others, a percent sign is written twice
        opts={"as_sql": True, "output_buffer": buffer, "literal_binds": True},
    )
    written = Operations(context)
    for operation in operations:
        if isinstance(operation, Statement):
            buffer.found.append(operation.sql)  # Alembic would write a tab as blanks
        else:
            written.invoke(_bare(operation))
    return tuple(statement for statement in buffer.found if statement)


def _bare(operation: ops.MigrateOperation) -> ops.MigrateOperation:
    """Return an operation that adds a column without its index and unique constraint: they are operations too."""
    if not isinstance(operation, ops.AddColumnOp):
        return operation
    column = operation.column.table.to_metadata(MetaData()).columns[operation.column.name]
    column.index = column.unique = None
    return ops.AddColumnOp(operation.table_name, column)
