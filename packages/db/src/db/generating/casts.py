"""Changes of a column's type that PostgreSQL makes only when it is told how: `USING column::type`."""

from typing import Any, Final, cast

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import Connection, text

from db.comparing import Catalog, Thing, type_of

from .statement import quoted

_USING: Final = "postgresql_using"
_BY_ITSELF: Final = text("""\
SELECT source.oid = target.oid OR target.typcategory = 'S' OR EXISTS (
  SELECT FROM pg_cast WHERE castsource = source.oid AND casttarget = target.oid AND castcontext IN ('a', 'i'))
FROM pg_type AS source, pg_type AS target
WHERE source.oid = to_regtype(:source) AND target.oid = to_regtype(:target)""")
"""Whether a value is stored in a column of another type without being told how; text takes everything."""
_KEPT: Final = tuple(
    f"{which}_{what}" for which in ("existing", "modify") for what in ("type", "server_default", "nullable", "comment")
)


class CastColumn(ops.AlterColumnOp):
    """A change of a column's type, with how its values become those of the new one.

    Attributes:
        back: what is used when the change is taken back; None for nothing.
    """

    back: str | None = None

    def reverse(self) -> "CastColumn":
        """Return the change back."""
        other = cast("CastColumn", super().reverse())
        other.back = self.kw.get(_USING)
        other.kw[_USING] = self.back
        return other


def with_casts(
    operation: ops.MigrateOperation, connection: Connection, wanted: Catalog, present: Catalog
) -> ops.MigrateOperation:
    """Return an operation with the casts that it needs, in both directions.

    An explicit cast is used only where there is no other: it would cut a text that is too long, not refuse it.
    """
    if not isinstance(operation, ops.AlterColumnOp) or operation.modify_type is None:
        return operation
    column = Thing("column", operation.column_name, operation.table_name)
    new, old = type_of(wanted, column), type_of(present, column)
    same: dict[str, Any] = {name: getattr(operation, name) for name in _KEPT}
    changed = CastColumn(operation.table_name, operation.column_name, **same, **operation.kw)
    changed.kw[_USING] = _using(connection, column.name, old, new)
    changed.back = _using(connection, column.name, new, old)
    return changed


def _using(connection: Connection, column: str, source: str, target: str) -> str | None:
    types = {"source": source.partition(" COLLATE ")[0], "target": target.partition(" COLLATE ")[0]}
    return None if connection.scalar(_BY_ITSELF, types) else f"{quoted(column)}::{target}"


@renderers.dispatch_for(CastColumn)
def _render(context: AutogenContext, operation: CastColumn) -> str:
    plain = str(renderers.dispatch(ops.AlterColumnOp)(context, operation))
    using = operation.kw.get(_USING)
    return f"{plain.removesuffix(')')}, {_USING}={using!r})" if using else plain
