"""Marking a database that was pushed to as what the migrations make, where it is."""

from collections.abc import Callable
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import text

from core import Postgres
from db.comparing import Catalog, differences, looking_at, read
from db.migrating import Limits, Stop, UnknownRevisionError, upgrade
from db.migrating.scripts import check_known, read_scripts, settings
from db.migrating.standing import database_heads
from db.migrating.transactions import heads_of

from .alone import changing_alone
from .errors import NotSettledError
from .note import CLEAR_NOTE

Say = Callable[[str], object]
"""Takes a line for a person."""


def stamp(link: Postgres, scratch: Postgres, folder: Path, say: Say, stop: Stop) -> None:
    """Mark a database as being at head.

    Args:
        link: the database, as the role that owns its schema.
        scratch: an empty one, likewise.
        folder: the migrations.
        say: is told what is waited for.
        stop: ends it from another thread.

    Raises:
        NotSettledError: it is not what the migrations make.
        UnknownRevisionError: it is at a revision that these are not.
        PushError: it can't be marked.
        MigrationError: the migrations do not run.
    """
    made = _made(scratch, folder, "head", stop)
    scripts = read_scripts(settings(folder))
    with changing_alone(link, say=say, limits=Limits(), stop=stop) as connection:
        check_known(scripts, heads_of(connection))
        if left := differences(read(connection), made):
            raise NotSettledError(left)
        MigrationContext.configure(connection).stamp(scripts, "head")
        connection.execute(text(CLEAR_NOTE))


def clear(link: Postgres, scratch: Postgres, folder: Path, say: Say, stop: Stop) -> bool:
    """Take the note of a push away, if the database is what its own revision makes; return whether it is.

    Arguments and errors are those of `stamp`, but for the first two.
    """
    heads = database_heads(link)
    if not _known(folder, heads):  # what it makes can't be told
        return False
    made = _made(scratch, folder, "".join(heads), stop)
    with changing_alone(link, say=say, limits=Limits(), stop=stop) as connection:
        same = frozenset(heads_of(connection)) == heads and not differences(read(connection), made)
        if same:
            connection.execute(text(CLEAR_NOTE))
    return same


def _known(folder: Path, heads: frozenset[str]) -> bool:
    """Return whether a database is at one revision of these, or at none."""
    try:
        check_known(read_scripts(settings(folder)), tuple(heads))
    except UnknownRevisionError:
        return False
    return len(heads) <= 1


def _made(scratch: Postgres, folder: Path, revision: str, stop: Stop) -> Catalog:
    """Return the schema that the migrations make up to a revision; up to none, that of an empty database."""
    if revision:
        upgrade(scratch, to=revision, folder=folder, stop=stop)
    with looking_at(scratch) as connection:
        return read(connection)
