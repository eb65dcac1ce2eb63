"""What can go wrong with the engine beside what core and SQLAlchemy raise."""

from db.errors import DbError


class EngineError(DbError):
    """An engine is used in a way that one connection does not allow."""


class ConnectionInUseError(EngineError):
    """A second connection or session was asked for while one is open in the same invocation.

    Calls of a handler that nothing tells apart, for want of `core.invocation.invocation`, are one invocation: what
    the first of them leaves open is in the way of all others.
    """

    def __init__(self) -> None:
        super().__init__(
            "this execution environment has one connection, and a session or connection of this invocation uses it:"
            " pass that one on, or end it (`with` does) before the next is begun; if it is one that a former call of"
            " the handler has left open, decorate the handler with core.invocation.invocation, without which all"
            " calls are one invocation"
        )


class InvocationOverError(EngineError):
    """A session or connection is used after the invocation, or in another process than the one, that it was made in."""

    def __init__(self) -> None:
        super().__init__(
            "this session or connection was left open by a former invocation or by the process forked from; what it"
            " had not committed is undone: open one in each invocation, in a `with` block"
        )


class TransactionFailedError(EngineError):
    """A transaction can't be committed, since a statement of it has failed and that error was caught."""

    def __init__(self) -> None:
        super().__init__(
            "nothing of this transaction is committed: a statement of it failed, whose error was caught; put a"
            " statement that may fail into `begin_nested()`, or roll back and begin anew"
        )
