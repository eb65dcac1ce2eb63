"""Indexes made and dropped while the application goes on writing: for revisions marked `concurrent = True`.

Such a revision holds one call of these and nothing else, as PostgreSQL runs it outside of a transaction. It may be
repeated: what an interrupted run has left is ended if it still runs, an index that is not valid is dropped first, and
one that is valid stays.

    concurrent = True

    def upgrade() -> None:
        create_index("ix_gallery_images_title", "gallery_images", ["title"])

    def downgrade() -> None:
        drop_index("ix_gallery_images_title", "gallery_images")
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import Connection, text
from sqlalchemy.sql.elements import TextClause

from .abandoned import end_abandoned
from .watch import ATTRIBUTE, Watch

_STATE = text("""\
SELECT indisvalid FROM pg_index
WHERE indexrelid = to_regclass(:index) AND indrelid = to_regclass(:table)""")


def create_index(
    name: str,
    table: str,
    columns: Sequence[str | TextClause],
    *,
    unique: bool = False,
    **options: Any,  # noqa: ANN401  # as Alembic's own
) -> None:
    """Make an index concurrently, unless a valid one of that name is there.

    Args:
        name: its name.
        table: its table.
        columns: names of columns, or expressions as `sqlalchemy.text`.
        unique: whether it is unique.
        options: what `op.create_index` takes for PostgreSQL, such as `postgresql_where`.

    Raises:
        AbandonedError: what an interrupted run has left does not end.
    """
    with _watch().concurrently():
        end_abandoned(op.get_bind(), name)
        valid = _valid(name, table)
        if valid:
            return
        if valid is False:
            _drop(name, table)
        op.create_index(name, table, columns, unique=unique, postgresql_concurrently=True, **options)


def drop_index(name: str, table: str) -> None:
    """Drop an index concurrently, if it is there.

    Raises:
        AbandonedError: what an interrupted run has left does not end.
    """
    with _watch().concurrently():
        end_abandoned(op.get_bind(), name)
        _drop(name, table)


def _drop(name: str, table: str) -> None:
    op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)


def _watch() -> Watch:
    config = op.get_context().config
    watch = config.attributes.get(ATTRIBUTE) if config else None
    if not isinstance(watch, Watch):
        raise TypeError("a concurrent index is made by the migration runner only")
    return watch


def _valid(name: str, table: str) -> bool | None:
    """Return whether an index is valid; None where there is none of that name on the table."""
    connection: Connection = op.get_bind()
    quoted = connection.dialect.identifier_preparer.quote_identifier
    return connection.scalar(_STATE, {"index": quoted(name), "table": quoted(table)})
