"""What `settle` does to a database that was pushed to."""

from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import text

from core import Postgres
from db.comparing import differences, read
from db.migrating import upgrade
from db.migrating.scripts import read_scripts, settings
from db.programs import program_engine

from .errors import NotSettledError
from .note import CLEAR_NOTE


def settled(link: Postgres, scratch: Postgres, folder: Path) -> None:
    """Mark a database as being at head.

    Args:
        link: the database, as the role that owns its schema.
        scratch: an empty one, likewise.
        folder: the migrations.

    Raises:
        NotSettledError: it is not what the migrations make.
        MigrationError: they do not run.
    """
    upgrade(scratch, folder=folder)
    ours, theirs = program_engine(link), program_engine(scratch)
    try:
        with theirs.connect() as connection:
            made = read(connection)
        with ours.begin() as connection:
            if left := differences(read(connection), made):
                raise NotSettledError(left)
            MigrationContext.configure(connection).stamp(read_scripts(settings(folder)), "head")
            connection.execute(text(CLEAR_NOTE))
    finally:
        ours.dispose()
        theirs.dispose()
