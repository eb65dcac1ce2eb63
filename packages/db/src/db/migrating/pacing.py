"""How long a migration may hold others up, and be held up itself."""

from dataclasses import dataclass
from typing import Final

PATIENCE_SECONDS: Final = 300.0
"""How long to wait for another migrator by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long the parts of a revision may take, in seconds.

    Attributes:
        lock: how long a statement may wait for a lock. Whoever comes after it in the queue waits too, so that this
            is how long a migration may stop the application.
        statement: how long a statement may take in a transaction, which holds its locks meanwhile. A revision that
            needs more has `statement_seconds = ...` at its top.
        index: how long a concurrent index may take, which stops nobody, with what is cleared away for it: the
            longest that Lambda runs. `statement_seconds` counts here too.
        answer: how much later than that the server is given up that says nothing.
        attempts: how often a revision is tried that can't have a lock.
        pause: between two attempts.
    """

    lock: float = 5.0
    statement: float = 60.0
    index: float = 900.0
    answer: float = 10.0
    attempts: int = 5
    pause: float = 2.0
