"""What can go wrong with pushing the models."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.errors import DbError

if TYPE_CHECKING:  # it loads SQLAlchemy
    from db.comparing import Difference


class PushError(DbError):
    """Anything that pushing raises by itself."""


class NotExpressedError(PushError):
    """Some of what the models say can't be pushed: nothing was done.

    Attributes:
        left: what it is.
    """

    def __init__(self, left: "Sequence[Difference]") -> None:
        lines = "; ".join(difference.line("the models", "the database") for difference in left)
        super().__init__(f"nothing was done, as this can't be pushed (`nox -s reset` starts over): {lines}")
        self.left = tuple(left)


class StatementFailedError(PushError):
    """A statement failed: nothing was done.

    Attributes:
        statement: the statement.
    """

    def __init__(self, statement: str, reason: str) -> None:
        super().__init__(f"nothing was done, as `{' '.join(statement.split())}` failed: {reason}")
        self.statement = statement


class LockedOutError(PushError):
    """Other work holds what a statement needs: nothing was done.

    Attributes:
        statement: the statement.
    """

    def __init__(self, statement: str, held: Sequence[tuple[str, int]]) -> None:
        tables = ", ".join(
            f"{table} by process {process} of the server (`SELECT pg_terminate_backend({process})` ends it)"
            for table, process in held
        )
        super().__init__(
            f"nothing was done, as other work holds what `{' '.join(statement.split())}` needs; run it again when that"
            f" is done{f': held are {tables}' if tables else ''}"
        )
        self.statement = statement


class RefusedError(PushError):
    """The database refuses what is done besides the statements of a plan."""

    def __init__(self, said: str) -> None:
        super().__init__(f"nothing was done: {said}")


class NotSettledError(PushError):
    """The database was pushed to, and the migrations make something else.

    Attributes:
        differences: where they differ.
    """

    def __init__(self, differences: "Sequence[Difference]") -> None:
        lines = "; ".join(difference.line("the database", "the migrations") for difference in differences)
        super().__init__(
            "the models were pushed to this database, and the migrations make something else: run `nox -s push` once"
            f" they make the models, or `nox -s reset` to start over ({lines})"
        )
        self.differences = tuple(differences)
