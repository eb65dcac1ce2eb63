"""SQLAlchemy in Lambda: engines and sessions over the one connection that core keeps for an execution environment.

    with session() as opened:
        opened.add(WishlistItem(user_id="ada", title="Castle", sort_order=1))

What goes wrong is of three kinds. A connection that can't be had, or a statement that does not end within the
invocation, is core's `ConnectionFailedError` (`DeadlineExceededError` for the latter), as without SQLAlchemy. What
the server answers, also that it ended the connection, is SQLAlchemy's `DBAPIError`. A connection used by two, or
after its invocation, and a commit that would be none, is an `EngineError`.
"""

from .errors import ConnectionInUseError, EngineError, InvocationOverError, TransactionFailedError
from .sessions import engine, session

__all__ = [
    "ConnectionInUseError",
    "EngineError",
    "InvocationOverError",
    "TransactionFailedError",
    "engine",
    "session",
]
