"""Errors of sample data."""

from core import Postgres
from db.errors import DbError


class SchemaMissingError(DbError):
    """The database has not the tables that sample data is for."""

    def __init__(self, link: Postgres) -> None:
        super().__init__(
            f"no sample data was written: the database {link.database} has not the schema of this checkout;"
            " `nox -s migrate` brings it there"
        )
