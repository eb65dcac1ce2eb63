"""Rows on their way into the database: by COPY into temporary tables, and from there what is missing.

What is there stays as it is. A row is left out where another one has what would have to be unique, and with it what
hangs on it; what merely refers to it is written without the reference.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from psycopg import Cursor, sql
from sqlalchemy import ForeignKey, Table

from db.models import Base

from .person import Row

_TOGETHER = (
    ("gallery_albums", "gallery_images"),  # they refer to each other
    ("gallery_flags",),
    ("moc_instructions",),
    ("moc_files",),
    ("moc_parts_lists",),
    ("moc_gallery_images",),
    ("moc_gallery_albums",),
    ("wishlist_items",),
)
"""The tables in an order in which they can be filled, those that a statement has to fill together named together."""

_STAGED = "staged_"
"""What the name of a temporary table begins with."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What has become of the rows of one table.

    Attributes:
        inserted: those that are new.
        present: those that were there already, whatever has been made of them since.
        left_out: those in whose place, or in place of what they hang on, there is a row of someone's own.
    """

    inserted: int
    present: int
    left_out: int


def make_staging(cursor: Cursor) -> None:
    """Make a temporary table for each table, in which nothing has to be; they go with the transaction.

    Raises:
        psycopg.errors.UndefinedTable: the schema is not there.
    """
    for name in _names():
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS TABLE {} WITH NO DATA").format(
                _staged(name), sql.Identifier(name)
            )
        )


def stage(cursor: Cursor, name: str, rows: Sequence[Row]) -> None:
    """Copy rows of one table into its temporary one; all of them have the same columns."""
    if not rows:
        return
    columns = _columns(rows[0])
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(_staged(name), columns)) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def insert_staged(cursor: Cursor, columns: Mapping[str, Collection[str]]) -> Mapping[str, Rows]:
    """Insert what is missing; return what has become of the rows, by table.

    Args:
        cursor: the one that they were staged by.
        columns: the columns of the rows, by table. Others get their defaults.
    """
    done: dict[str, Rows] = {}
    for names in _TOGETHER:
        before = [_count_staged(cursor, name) for name in names]
        for name, (staged, present), inserted in zip(names, before, _insert(cursor, names, columns), strict=True):
            done[name] = Rows(inserted, present, staged - present - inserted)
    return done


def analyze(cursor: Cursor) -> None:
    """Tell the planner what the tables hold now."""
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, _names()))))


def unstaged(said: str) -> str:
    """Return what was said of temporary tables as it is of those that they stand for."""
    return said.replace(_STAGED, "")


def _count_staged(cursor: Cursor, name: str) -> tuple[int, int]:
    """Return how many rows there are to insert, and how many of these are there already."""
    counting = sql.SQL("SELECT count(*), count(t.id) FROM {} AS s LEFT JOIN {} AS t USING (id)")
    staged, present = _one(cursor, counting.format(_staged(name), sql.Identifier(name)))
    return staged, present


def _insert(cursor: Cursor, names: Collection[str], columns: Mapping[str, Collection[str]]) -> Sequence[int]:
    """Insert into several tables by one statement, at whose end references are checked; return how many rows."""
    inserts = sql.SQL(", ").join(
        sql.SQL("{} AS ({})").format(
            sql.Identifier(f"new_{name}"), _insertion(Base.metadata.tables[name], columns.get(name, ("id",)), names)
        )
        for name in names
    )
    counts = sql.SQL(", ").join(
        sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(f"new_{name}")) for name in names
    )
    return _one(cursor, sql.SQL("WITH {} SELECT {}").format(inserts, counts))


def _insertion(table: Table, columns: Collection[str], together: Collection[str]) -> sql.Composed:
    """Return the statement that inserts what is missing in a table, into these columns.

    References to the tables that are filled together with it are taken as they are: of those, only a row's own id
    is unique.
    """
    leading = (key for key in table.foreign_keys if key.column.table.name not in together)
    keys = {key.parent.name: key for key in leading if key.parent.name in columns}
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {staged} AS s {parents}"
        " ON CONFLICT DO NOTHING RETURNING id"
    ).format(
        table=sql.Identifier(table.name),
        columns=_columns(columns),
        values=sql.SQL(", ").join(
            sql.Identifier(f"its_{name}" if name in keys else "s", "id" if name in keys else name) for name in columns
        ),
        staged=_staged(table.name),
        parents=sql.SQL(" ").join(map(_parent, keys.values())),
    )


def _parent(key: ForeignKey) -> sql.Composed:
    """Return the join that finds what a row refers to: without it, some rows are left out, others lose a reference."""
    return sql.SQL("{kind} JOIN {parent} AS {alias} ON {alias}.id = s.{column}").format(
        kind=sql.SQL("LEFT" if key.parent.nullable else "INNER"),
        parent=sql.Identifier(key.column.table.name),
        alias=sql.Identifier(f"its_{key.parent.name}"),
        column=sql.Identifier(key.parent.name),
    )


def _one(cursor: Cursor, query: sql.Composed) -> tuple[int, ...]:
    row = cursor.execute(query).fetchone()
    return row or ()


def _columns(names: Collection[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _staged(name: str) -> sql.Identifier:
    return sql.Identifier(f"{_STAGED}{name}")


def _names() -> list[str]:
    return [name for names in _TOGETHER for name in names]
