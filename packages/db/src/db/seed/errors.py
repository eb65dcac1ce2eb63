"""Errors of sample data."""

from core import Postgres
from db.errors import DbError


class SeedError(DbError):
    """Sample data can't be written: nothing of it was."""


class SchemaMissingError(SeedError):
    """The database has not the tables that sample data is for."""

    def __init__(self, link: Postgres) -> None:
        super().__init__(
            f"no sample data was written: the database {link.database} has not the schema of this checkout;"
            " `nox -s migrate` brings it there"
        )


class RowsRefusedError(SeedError):
    """A table is not what the sample data is made for.

    Attributes:
        table: the table; empty if it can't be told.
    """

    def __init__(self, table: str, said: str) -> None:
        super().__init__(
            f"no sample data was written: {f'table {table}' if table else 'a table'} is not what it is made for"
            f" (PostgreSQL: {said}); `nox -s migrate` or `nox -s push` brings the database to this checkout's models,"
            " and what is new in these belongs into db.seed"
        )
        self.table = table
