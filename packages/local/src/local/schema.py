"""The schema of the local stage's database: brought to head before anything uses it.

A database that is at head costs a look, and Alembic is not loaded for it.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core import ConnectionFailedError, Postgres, Resources
from db.errors import DbError
from db.migrating.errors import StoppedError, UnknownRevisionError

from .errors import LocalError
from .locks import CancelledError

if TYPE_CHECKING:
    from .engines import EngineName
    from .stage import Prepare, Stage


class SchemaError(LocalError):
    """The local database's schema can't be brought to where it is to be, or be looked at."""


class OtherBranchError(SchemaError):
    """The local database is at a revision that this checkout does not have.

    Attributes:
        revision: the database's revision.
    """

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the local database is at revision {revision}, which this checkout does not have: check out the branch"
            " that has it, or start over without the data by `nox -s reset`"
        )
        self.revision = revision


def owned(stage: "Stage") -> Postgres:
    """Return the link to a stage's database as the role that owns the schema."""
    return stage.postgres(Resources.MyPostgres, "owner")


def bring_to_head(stage: "Stage", say: Callable[[str], object]) -> None:
    """Bring the database of a stage, whose PostgreSQL runs, to head; nothing happens to one that is.

    Args:
        stage: the stage; its `cancel` ends it.
        say: takes a line for each revision, and for what is waited for.

    Raises:
        OtherBranchError: the database is at a revision that this checkout does not have.
        SchemaError: it can't be brought to head; the message says why.
        CancelledError: the stage's start was cancelled.
    """
    with local_errors():
        from db.migrating import Stop, is_at_head, upgrade  # noqa: PLC0415  # without a database no driver is loaded

        link = owned(stage)
        if is_at_head(link):
            return
        stop = Stop()
        stage.on_cancel(stop.set)
        try:
            settle_pushed(stage, say)
            upgrade(link, say=say, stop=stop)
        except StoppedError as error:
            raise CancelledError from error


def settle_pushed(stage: "Stage", say: Callable[[str], object]) -> None:
    """Take note that a database that the models were pushed to is what the migrations make by now, if it is.

    Args:
        stage: the stage, whose PostgreSQL runs.
        say: is told of it.

    Raises:
        DbError: the migrations make something else, or don't run.
        ConnectionFailedError: the database does not answer in time.
    """
    from db.pushing.settle import settle  # noqa: PLC0415  # likewise

    from .databases import scratch_databases  # noqa: PLC0415  # likewise

    if settle(owned(stage), lambda: scratch_databases(stage)):
        say("what was pushed to the local database is what the migrations make: it is marked as being at head")


def schema_at_head(say: Callable[[str], object]) -> "Mapping[EngineName, Prepare]":
    """Return what a stage does about its schema as soon as PostgreSQL is ready, be the others or not.

    Args:
        say: takes a line for each revision, and for what is waited for.
    """
    return {"postgres": lambda stage: bring_to_head(stage, say)}


@contextmanager
def local_errors() -> Generator[None]:
    """Make what a person can mend about the local database an error of the local stage.

    Raises:
        SchemaError: for an error of db, or a connection that can't be had. One that was told to stop passes.
    """
    try:
        yield
    except UnknownRevisionError as error:
        raise OtherBranchError(error.revision) from error
    except StoppedError:
        raise
    except (DbError, ConnectionFailedError) as error:
        raise SchemaError(str(error)) from error
