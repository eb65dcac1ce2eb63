"""What a person should look at in a revision: said when it is written, and in it, for whoever reviews it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from db.comparing import Catalog

from .ranks import Rank
from .renames import renames
from .statement import Statement

_WIDTH: Final = 110
"""Characters of a line of a comment, without its indent and mark."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to look at.

    Attributes:
        operation: what it is about.
        text: what it is, and what to do; sources are in backquotes, as a linter takes a comment for dead code else.
    """

    operation: ops.MigrateOperation
    text: str


class Comment(ops.MigrateOperation):
    """A comment in a revision."""

    def __init__(self, text: str) -> None:
        self.text = text

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return it as Alembic's reports want it."""
        return ("comment", self.text)


def warned(operations: Sequence[ops.MigrateOperation], wanted: Catalog, present: Catalog) -> list[Warned]:
    """Return what to look at in operations that bring one schema to another."""
    renamed = [
        Warned(
            rename.drops,
            f"may be a rename: {rename.seen}, so that what was in it is lost; if it is one, write `{rename.call}`"
            " in place of both, and `nox -s generate` again renames what is named after it",
        )
        for rename in renames(operations, wanted, present)
    ]
    told = [warning.operation for warning in renamed]
    return [*renamed, *_risks(operations, told), *_names(operations)]


def with_comments(
    operations: Iterable[ops.MigrateOperation], warnings: Collection[Warned]
) -> Iterator[ops.MigrateOperation]:
    """Return operations with a comment in front of each that there is a warning of."""
    for operation in operations:
        for warning in warnings:
            if warning.operation is operation:
                yield Comment(warning.text)
        yield operation


def _risks(operations: Iterable[ops.MigrateOperation], told: Collection[ops.MigrateOperation]) -> Iterator[Warned]:
    for operation in operations:
        match operation:
            case ops.AddColumnOp() if _has_no_value(operation):
                column = f"column {operation.column.name} of {operation.table_name}"
                yield Warned(
                    operation,
                    f"{column} must have a value and has no default: this fails where the table has rows; give it a"
                    " `server_default`, or make it nullable first, fill it, and make it NOT NULL then",
                )
            case ops.DropColumnOp() if not any(operation is other for other in told):
                column = f"column {operation.column_name} of {operation.table_name}"
                yield Warned(operation, _contracts(column, "ban-drop-column"))
            case ops.DropTableOp() if not any(operation is other for other in told):
                yield Warned(operation, _contracts(f"table {operation.table_name}", "ban-drop-table"))
            case _:
                continue


def _names(operations: Iterable[ops.MigrateOperation]) -> Iterator[Warned]:
    """Return what to look at in names that change: once, as there is one for each thing of a table that was renamed."""
    for operation in operations:
        if isinstance(operation, Statement) and operation.rank == Rank.NAME:
            yield Warned(
                operation,
                "constraints or indexes get other names: only if no release knows them by name, and the check wants"
                ' that said here, as `accepts = {"renaming-object": "no release knows it by name"}`',
            )
            return


def _has_no_value(operation: ops.AddColumnOp) -> bool:
    column = operation.column
    # An identity, or how a column is generated, counts as a default.
    return not column.nullable and column.server_default is None


def _contracts(what: str, rule: str) -> str:
    return (
        f"{what} goes with what is in it: only once no release reads it any more, and the check wants that said here,"
        f' as `accepts = {{"{rule}": "no release reads it any more"}}`'
    )


@renderers.dispatch_for(Comment)
def _render(_: AutogenContext, comment: Comment) -> list[str]:
    return [f"# {line}" for line in wrap(comment.text, _WIDTH, break_on_hyphens=False)]
