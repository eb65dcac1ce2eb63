"""Engines and sessions over core's connection, an engine for each link."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

from core import CoreError, Postgres, Resource
from db.errors import DbError

from .dialect import URL
from .errors import ConnectionInUseError
from .lease import Lease


@contextmanager
def session(link: Postgres | None = None) -> Generator[Session]:
    """Open a session for a block: it commits at the block's end, or undoes everything if an error leaves the block.

    What the block has loaded can be read after it. There is one connection, so a second session can run statements
    only once the first has ended.

    An error of the commit at the block's end that is a lost connection or a deadline leaves in doubt what became of
    it: PostgreSQL may have committed before its answer was lost. Who must know looks for what was to be written, and
    what may be sent again should do no harm the second time, as an INSERT under a key that the caller chose.

    Args:
        link: which database; `Resource.MyPostgres` if None.

    Raises:
        ConnectionFailedError: by the first statement: there is no connection to be had in time; by any: the
            invocation's time is up (`DeadlineExceededError`).
        ConnectionInUseError: by the first statement: this invocation has another session or connection open.
        TransactionFailedError: by the block's end: it can't commit, since it has caught the error of a statement.
        DBAPIError: by any: the server refused it, or has ended the connection.
    """
    with Session(engine(link), expire_on_commit=False) as opened, opened.begin():
        yield opened


def engine(link: Postgres | None = None) -> Engine:
    """Return the engine of a link: always the same one, and nothing is connected by that.

    `with engine().connect() as connection` is for work without the ORM; it ends in a rollback unless it commits. A
    single statement that only reads needs no transaction, which saves two round trips:
    `engine().connect().execution_options(isolation_level="AUTOCOMMIT")`.

    Args:
        link: which database; `Resource.MyPostgres` if None.
    """
    link = link or Resource.MyPostgres
    made = _ENGINES.get(link)
    if made is None:
        made = _ENGINES[link] = _make(link)
    return made


_ENGINES: dict[Postgres, Engine] = {}


def _make(link: Postgres) -> Engine:
    # Core keeps the connection, so the pool keeps nothing. It could make whoever asks wait for a session that a
    # handler forgot, and could close or give out what core has replaced.
    made = create_engine(URL, creator=_lessor(link), poolclass=NullPool, hide_parameters=True)
    event.listen(made, "handle_error", _as_it_was_raised)
    return made


def _lessor(link: Postgres) -> Callable[[], Lease]:
    """Return what leases a link's connection to one at a time."""
    last: Lease | None = None

    def lease() -> Lease:
        nonlocal last
        if last is not None and last.is_held:
            raise ConnectionInUseError
        last = Lease(link)
        return last

    return lease


def _as_it_was_raised(context: ExceptionContext) -> BaseException | None:
    """Let our own errors through as what they are, so that a deadline is told from what the server said."""
    error = context.original_exception
    if context.sqlalchemy_exception is None or not isinstance(error, CoreError | DbError):
        return None
    # SQLAlchemy raises the answer from the original: an equal one, since no error should be its own cause.
    again = type(error).__new__(type(error), *error.args)
    again.__dict__.update(error.__dict__)
    return again
