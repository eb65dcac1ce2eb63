"""What a revision sends to the database: the last statement, for its error, and whether it is of the right form."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from sqlalchemy import Connection, event

ATTRIBUTE = "watch"
"""Where the revision's watch is among the attributes of Alembic's settings."""


class FormError(Exception):
    """A revision does what one of its form may not; the runner says which revision."""


def refuse_block() -> NoReturn:
    """Refuse to leave the revision's transaction.

    Raises:
        FormError: always.
    """
    raise FormError("leaves its transaction by autocommit_block: db.migrating.concurrently is the only way to do so")


class Watch:
    """Watches the statements of one revision.

    Attributes:
        concurrent: whether the revision is marked as one concurrent index statement.
        statement: the last statement, without the values of its parameters; None before the first and
            after the last.
    """

    def __init__(self, *, concurrent: bool) -> None:
        self.concurrent = concurrent
        self.statement: str | None = None
        self._changes = 0
        self._open = False

    @contextmanager
    def watching(self, connection: Connection) -> Generator[None]:
        """Watch a connection while the block runs the revision."""
        event.listen(connection, "before_cursor_execute", self._before)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", self._before)
        self.statement = None  # what fails from here on is none of the revision's
        if self.concurrent and not self._changes:
            raise FormError("is marked `concurrent` but makes or drops no index: take the mark away")

    @contextmanager
    def concurrently(self) -> Generator[None]:
        """Let the block send one concurrent index statement, and what makes it repeatable."""
        if not self.concurrent:
            raise FormError("changes an index concurrently without the mark `concurrent = True`: it belongs at its top")
        self._changes += 1
        if self._changes > 1:
            raise FormError("changes more than one index concurrently: make a revision for each")
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def _before(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if self.concurrent and not self._open:
            raise FormError(
                "is marked `concurrent`, so that it runs outside of a transaction and may hold nothing but one"
                f" create_index or drop_index of db.migrating.concurrently, but sends: {statement.strip()}"
            )
        self.statement = statement
