"""The rows that refer to a row: how many there are, and where to see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import RelationshipProperty, Session
from starlette.requests import Request

from .columns import label, references
from .tables import TABLES, Table


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of one table that refer to a row.

    Attributes:
        table: theirs.
        relation: their relationship to the row.
        row: the row's id.
        rows: how many they are.
    """

    table: Table
    relation: RelationshipProperty[object]
    row: UUID
    rows: int

    @property
    def words(self) -> str:
        """Say which rows these are."""
        return f"{self.table.many[0].upper()}{self.table.many[1:]}, by {label(self.relation.key)}"

    def url(self, request: Request) -> str:
        """Return the address of the list of these rows."""
        listed = request.url_for(f"{request.app.state.ROUTE_NAME}:list", key=self.table.key)
        return f"{listed}?{urlencode({'filter': f'{self.relation.key}__is={self.row}'})}"


def related(session: Session, table: Table, row: UUID) -> list[Related]:
    """Return who refers to a row, every table that can, also with no row that does."""
    found: list[Related] = []
    for other, relation in _referring(table):
        (column,) = relation.local_columns
        counted = session.execute(select(func.count()).select_from(other.model).where(column == row)).scalar_one()
        found.append(Related(other, relation, row, counted))
    return found


def _referring(table: Table) -> Iterator[tuple[Table, RelationshipProperty[object]]]:
    for other in TABLES:
        for relation in references(other.model).values():
            if relation.mapper.local_table is table.model.__table__:
                yield other, relation
