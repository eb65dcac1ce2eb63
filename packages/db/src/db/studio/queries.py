"""What is asked of the database for the pages of one table: nothing that reads all of it into memory."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, RelationshipProperty, selectinload

from .columns import references
from .tables import OF, Table

COUNTED: Final = 1_000
"""Rows that a picker counts: nobody pages further, and every keystroke asks."""

Rows = Select[Any]
Conditions = Sequence[ColumnElement[bool]]


class Queries:
    """The queries of a table."""

    def __init__(self, table: Table) -> None:
        """Ask for the rows of a table."""
        self._model: Any = table.model
        self._table = table
        self._references = {relation.key: relation for relation in references(table.model).values()}

    def rows(self) -> Rows:
        """Return the query of rows, with the rows that they refer to: a further query each, and none per row."""
        loaded = [selectinload(getattr(self._model, name)) for name in self._references]
        return select(self._model).options(*loaded)

    def rows_of(self, ids: Iterable[UUID]) -> Rows:
        """Return the query of the rows of some ids, as they are now."""
        return self.rows().where(self._model.id.in_(list(ids))).execution_options(populate_existing=True)

    def page(self, conditions: Conditions, sorts: Iterable[tuple[str, str]], skip: int, limit: int) -> Rows:
        """Return the query of one page of rows, in an order in which no row is on two pages."""
        found = self.rows().where(*conditions)
        for name, direction in sorts:
            relation = self._references.get(name)
            column = getattr(self._model, name) if relation is None else title_of(relation)
            if relation is not None:
                found = found.outerjoin(getattr(self._model, name))
            found = found.order_by(column.desc() if direction == "desc" else column)
        return found.order_by(self._model.id).offset(skip).limit(limit)

    def count(self, conditions: Conditions) -> Select[int]:
        """Return the query of how many rows there are."""
        return select(func.count()).select_from(self._model).where(*conditions)

    def offered(self, conditions: Conditions, skip: int, limit: int) -> Rows:
        """Return the query of what a picker offers, by title."""
        return self.rows().where(*conditions).order_by(self._table.by, self._model.id).offset(skip).limit(limit)

    def count_offered(self, conditions: Conditions) -> Select[int]:
        """Return the query of how many rows a picker can offer, up to what it can use."""
        found = select(self._model.id).where(*conditions).limit(COUNTED)
        return select(func.count()).select_from(found.subquery())

    def search(self, text: str) -> ColumnElement[bool]:
        """Return the condition that a text is somewhere in what a list's search looks into."""
        return or_(*(self._holds(name, text) for name in self._table.searched))

    def search_titles(self, text: str) -> ColumnElement[bool]:
        """Return the condition that a text is in the title, or in that of a row that this one refers to."""
        own = [] if self._table.by is None else [self._table.by.key]
        return or_(*(self._holds(name, text) for name in [*own, *self._references] if name in self._table.searched))

    def _holds(self, name: str, text: str) -> ColumnElement[bool]:
        attribute: Any = getattr(self._model, name)
        relation = self._references.get(name)
        if relation is not None:
            return attribute.has(title_of(relation).icontains(text, autoescape=True))
        if isinstance(attribute.type, JSONB):
            return attribute.contains([text])
        return attribute.icontains(text, autoescape=True)


def title_of(relation: RelationshipProperty[object]) -> InstrumentedAttribute[Any]:
    """Return the column by which the other row of a relationship is looked up."""
    by = OF[relation.mapper.local_table].by
    if by is None:
        raise TypeError(f"{relation} leads to rows without a title")
    return by
