"""An operation that Alembic lacks: a statement with the one that takes it back."""

import re
from typing import Any, Final

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
from sqlalchemy.dialects.postgresql.psycopg import dialect

quoted = PGIdentifierPreparer(dialect()).quote
"""Quotes a name where that is needed."""

_PARAMETER: Final = re.compile(r"(?<![:\w\\]):(?=\w)")
"""What `sqlalchemy.text`, which `op.execute` makes of a string, takes for a parameter."""
_PIECE: Final = re.compile(r".{1,90}(?:\s|$)|\S+\s?|\s", re.MULTILINE)
"""What of a statement goes into one line of source: a line of it, or 90 characters and the word that they end with."""


class Statement(MigrateOperation):
    """A statement, and the one that takes it back.

    Attributes:
        sql: the statement; empty where there is nothing to be done.
        back: what takes it back.
        table: the table that it alters; empty for none.
        drops: whether it drops what would go with its table.
        rank: where it comes among the others.
        validates: the constraint that it adds, if rows may be held against that later.
    """

    def __init__(  # noqa: PLR0913  # two statements, and what is known of them
        self,
        sql: str,
        back: str,
        *,
        table: str = "",
        drops: bool = False,
        rank: int = 0,
        validates: str | None = None,
    ) -> None:
        self.sql, self.back = sql, back
        self.table, self.drops, self.rank, self.validates = table, drops, rank, validates

    def reverse(self) -> "Statement":
        """Return what takes it back."""
        return Statement(self.back, self.sql, table=self.table, drops=not self.drops, rank=self.rank)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return it as Alembic's reports want it."""
        return ("statement", self.sql)


@renderers.dispatch_for(Statement)
def _render(_: AutogenContext, statement: Statement) -> str:
    """Return the call that runs it, in literals of one line each: else the source's indent would count."""
    if not statement.sql:
        return ""
    pieces = _PIECE.findall(_PARAMETER.sub(r"\\:", statement.sql))
    return "op.execute(\n" + "\n".join(f"    {piece!r}" for piece in pieces) + "\n)"


@Operations.implementation_for(Statement)
def _run(operations: Operations, statement: Statement) -> None:
    if statement.sql:
        operations.execute(_PARAMETER.sub(r"\\:", statement.sql))
