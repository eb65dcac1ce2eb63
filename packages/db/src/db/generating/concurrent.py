"""An index that is made or dropped while others write: the one statement of a revision of its own."""

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops


class ConcurrentIndex(ops.MigrateOperation):
    """What `db.migrating.concurrently` does.

    Attributes:
        index: the operation that makes the index.
        drops: whether it is dropped.
    """

    def __init__(self, index: ops.CreateIndexOp, *, drops: bool = False) -> None:
        self.index, self.drops = index, drops

    def reverse(self) -> "ConcurrentIndex":
        """Return what takes it back."""
        return ConcurrentIndex(self.index, drops=not self.drops)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return it as Alembic's reports want it."""
        return ("concurrent_index", self.index.index_name, self.drops)


@renderers.dispatch_for(ConcurrentIndex)
def _render(context: AutogenContext, operation: ConcurrentIndex) -> str:
    if operation.drops:
        return f"drop_index({str(operation.index.index_name)!r}, {operation.index.table_name!r})"
    return str(renderers.dispatch(ops.CreateIndexOp)(context, operation.index)).removeprefix("op.")
