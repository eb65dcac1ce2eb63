"""What the database does when rows are deleted: which others go with them, and which stay and lose a reference.

It is read from the foreign keys, as the database has them, and counted by their indexes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, delete, false, func, not_, or_, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from db.models import Base

from .columns import label
from .tables import OF, Table


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of other rows.

    Attributes:
        table: which table's.
        rows: how many.
        loses: the column of theirs that becomes empty; None where the rows are deleted.
    """

    table: Table
    rows: int
    loses: str | None

    def words(self, deleted: int) -> str:
        """Say in a sentence what becomes of them when `deleted` rows are."""
        named = f"{self.rows:,} {self.table.one if self.rows == 1 else self.table.many}"
        goes, stays = ("goes", "stays") if self.rows == 1 else ("go", "stay")
        if self.loses is None:
            remark = f" ({self.table.remark})" if self.table.remark else ""
            return f"{named} {goes} with {'it' if deleted == 1 else 'them'}{remark}."
        return f"{named} {stays}, without {label(self.loses.removesuffix('_id')).lower()}."


def effects(session: Session, table: Table, ids: Sequence[UUID]) -> list[Effect]:
    """Return what deleting rows does to others, those that go before those that stay.

    Args:
        session: to count with.
        table: the table.
        ids: the rows.
    """
    root = _sql(table)
    gone = gone_with(root, ids, Base.metadata.tables.values())
    found = [
        Effect(OF[child], _count(session, child, which), None) for child, which in gone.items() if child is not root
    ]
    for child, key in _keys("SET NULL", Base.metadata.tables.values()):
        if key.column.table in gone:
            lost = key.parent.in_(_ids(key.column.table, gone))
            stays = not_(func.coalesce(gone[child], false())) if child in gone else None
            which = lost if stays is None else and_(lost, stays)
            found.append(Effect(OF[child], _count(session, child, which), key.parent.name))
    return [effect for effect in found if effect.rows]


def remove(session: Session, table: Table, ids: Sequence[UUID]) -> int:
    """Delete rows and return how many there were; what follows is the database's to do."""
    root = _sql(table)
    return len(session.execute(delete(root).where(root.c.id.in_(ids)).returning(root.c.id)).all())


def gone_with(root: SqlTable, ids: Sequence[UUID], tables: Collection[SqlTable]) -> dict[SqlTable, ColumnElement[bool]]:
    """Return which rows of which tables go when rows of a table do: these, those that go with them, and so on.

    Args:
        root: the table.
        ids: the rows.
        tables: every table of the schema; none goes with itself, by whatever detour.
    """
    gone: dict[SqlTable, ColumnElement[bool]] = {root: root.c.id.in_(ids)}
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        for child, key in _keys("CASCADE", tables):
            if key.column.table is parent:
                which = key.parent.in_(_ids(parent, gone))
                gone[child] = or_(gone[child], which) if child in gone else which
                waiting.append(child)
    return gone


def _ids(table: SqlTable, gone: Mapping[SqlTable, ColumnElement[bool]]) -> Select[tuple[UUID]]:
    return select(table.c.id).where(gone[table])


def _keys(does: Literal["CASCADE", "SET NULL"], tables: Collection[SqlTable]) -> Iterator[tuple[SqlTable, ForeignKey]]:
    for child in tables:
        for key in child.foreign_keys:
            if key.ondelete == does:
                yield child, key


def _count(session: Session, table: SqlTable, which: ColumnElement[bool]) -> int:
    return session.execute(select(func.count()).select_from(table).where(which)).scalar_one()


def _sql(table: Table) -> SqlTable:
    return Base.metadata.tables[table.key]
