"""Bringing a database that the models were pushed to back under migrations.

Nothing heavy is loaded before it is known that there is something to do: `dev` asks at every start.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from core import Postgres
from db.migrating.standing import MIGRATIONS, is_at_head
from db.migrating.stopping import Stop
from db.migrating.talking import answering, opened

from .note import READ_NOTE

Scratch = Callable[[], AbstractContextManager[Sequence[Postgres]]]
"""Lends empty databases, as their owner: one at least."""


def settle(
    link: Postgres,
    scratch: Scratch,
    *,
    folder: Path = MIGRATIONS,
    say: Callable[[str], object] = lambda _line: None,
    stop: Stop | None = None,
) -> bool:
    """Make a database that was pushed to one at head, if the migrations have caught up; to be called before `upgrade`.

    Revisions that were generated from models that had been pushed can't be applied to that database, which has what
    they make already. Where it is what they make, it is marked so.

    Args:
        link: the database, as the role that owns its schema.
        scratch: lends a database to apply the migrations to, if it comes to that.
        folder: the migrations.
        say: is told what is waited for.
        stop: ends it from another thread.

    Returns:
        Whether the database was marked as being at head.

    Raises:
        NotSettledError: it was pushed to, there are revisions that it has not, and it is not what they make.
        PushError: it can't be marked.
        MigrationError: the migrations do not run; `StoppedError` if `stop` was set.
        ConnectionFailedError: the database does not answer in time.
    """
    if not was_pushed(link) or is_at_head(link, folder=folder):
        return False
    from .stamping import stamp  # noqa: PLC0415  # it loads SQLAlchemy and Alembic

    with scratch() as lent:
        stamp(link, lent[0], folder, say, stop or Stop())
    return True


def drop_note(
    link: Postgres,
    scratch: Scratch,
    *,
    folder: Path = MIGRATIONS,
    say: Callable[[str], object] = lambda _line: None,
    stop: Stop | None = None,
) -> bool:
    """Forget that a database was pushed to, if it is again what its own revision makes.

    Arguments and errors are those of `settle`, but for `NotSettledError`.

    Returns:
        Whether it was forgotten.
    """
    if not was_pushed(link):
        return False
    from .stamping import clear  # noqa: PLC0415  # likewise

    with scratch() as lent:
        return clear(link, lent[0], folder, say, stop or Stop())


def was_pushed(link: Postgres) -> bool:
    """Return whether the models were pushed to a database since it was last known to be what the migrations make.

    Raises:
        ConnectionFailedError: the database does not answer in time.
        RefusedError: it answers with an error; that of db.migrating.
    """
    with opened(link) as connection, answering():
        row = connection.execute(READ_NOTE).fetchone()
    return row is not None and row[0] is not None
