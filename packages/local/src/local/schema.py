"""The schema of the local stage's database: brought to head before anything uses it.

A database that is at head costs a look, and Alembic is not loaded for it.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from core import ConnectionFailedError, Postgres, Resources
from db.errors import DbError
from db.migrating.errors import StoppedError, UnknownRevisionError

from .errors import LocalError
from .locks import CancelledError

if TYPE_CHECKING:
    from db.migrating import Stop, Upgraded

    from .engines import EngineName
    from .stage import Prepare, Stage


PUSHED: Final = "pushed to: differs from its revision"
"""What is said of a database that the models were pushed to, so that nobody takes it for what a revision makes."""


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
        from db.migrating import Stop, is_at_head  # noqa: PLC0415  # without a database no driver is loaded

        if is_at_head(owned(stage)):
            return
        stop = Stop()
        stage.on_cancel(stop.set)
        try:
            migrated(stage, say, stop)
        except StoppedError as error:
            raise CancelledError from error


def migrated(stage: "Stage", say: Callable[[str], object], stop: "Stop") -> "Upgraded":
    """Bring the database of a stage, whose PostgreSQL runs, to head, and return how that went.

    What was pushed to it is settled first: a revision that was generated of that could not be applied.

    Args:
        stage: the stage.
        say: takes a line for each revision, and for what is waited for.
        stop: ends it from another thread.

    Raises:
        DbError: it can't be brought to head; `StoppedError` if `stop` was set.
        ConnectionFailedError: the database does not answer in time.
    """
    from db.migrating import upgrade  # noqa: PLC0415  # likewise
    from db.pushing import settle  # noqa: PLC0415  # likewise

    from .databases import scratch_databases  # noqa: PLC0415  # likewise

    link = owned(stage)
    if settle(link, lambda: scratch_databases(stage), say=say, stop=stop):
        say("what was pushed to the local database is what the migrations make: it is marked as being at head")
    return upgrade(link, say=say, stop=stop)


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
