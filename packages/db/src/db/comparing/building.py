"""Putting the models into a database."""

from sqlalchemy import Connection, MetaData, text

from db.models import Base

from .asking import asking
from .errors import ModelsError


def build(connection: Connection, metadata: MetaData | None = None) -> None:
    """Make everything that the models declare, triggers and functions included, in an empty database.

    Args:
        connection: leads there, as the role that is to own it; nothing is committed.
        metadata: the models; those of the application if not given.

    Raises:
        ModelsError: PostgreSQL or SQLAlchemy does not take them.
        ConnectionFailedError: the database does not answer in time.
    """
    # So it is with the migrations: what the models call for must not lean on someone's search path.
    with asking(ModelsError):
        connection.execute(text("SET LOCAL search_path = public"))
        (Base.metadata if metadata is None else metadata).create_all(connection)
