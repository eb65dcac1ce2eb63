"""What can go wrong before a function runs. How an invocation ended is an outcome, not an error."""

from pathlib import Path

from local.errors import LocalError


class RuntimeServiceError(LocalError):
    """The service that runs the functions can't do what it was asked."""


class UnknownFunctionError(RuntimeServiceError):
    """No function of the manifest bears the name.

    Attributes:
        function: the name that was asked for.
    """

    def __init__(self, function: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no function {function!r}; the manifest declares {', '.join(known) or 'none'}")
        self.function = function


class ReservedVariableError(RuntimeServiceError):
    """A function's own environment sets variables that Lambda keeps for itself and refuses on a deployment.

    Attributes:
        function: the function's name.
        variables: the names of the variables.
    """

    def __init__(self, function: str, variables: tuple[str, ...]) -> None:
        super().__init__(
            f"the function {function!r} sets {', '.join(variables)}, which Lambda reserves: "
            "take them out of its environment in functions/manifest.py"
        )
        self.function = function
        self.variables = variables


class RequestTooLargeError(RuntimeServiceError):
    """The event is larger than a synchronous invocation may carry; nothing was invoked.

    Attributes:
        size: the event's size in bytes.
        limit: the largest size in bytes.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"the event has {size} bytes; Lambda takes at most {limit}")
        self.size = size
        self.limit = limit


class ThrottledError(RuntimeServiceError):
    """Too many requests wait for an environment already; nothing was invoked.

    Attributes:
        function: the function's name.
    """

    def __init__(self, function: str, waiting: int) -> None:
        super().__init__(f"{waiting} requests wait for an environment of {function!r} already")
        self.function = function


class RuntimeStoppedError(RuntimeServiceError):
    """The service has been stopped, or is stopping."""

    def __init__(self) -> None:
        super().__init__("the functions are being stopped")


class NotTakenError(RuntimeServiceError):
    """The process of a used environment had ended before it asked for the event: another may have it."""


class InterpreterError(RuntimeServiceError):
    """The interpreter that shall run the functions can't.

    Attributes:
        python: the interpreter.
    """

    def __init__(self, python: Path, reason: str) -> None:
        super().__init__(f"{python} can't run functions: {reason}")
        self.python = python


class NotStartedError(RuntimeServiceError):
    """An environment on new code did not come up; the code that ran before goes on.

    Attributes:
        function: the function whose init failed.
        location: the source file and line that failed, where they are known.
        traceback: what a developer wants to read: the traceback of the failed import, or the error document.
    """

    def __init__(self, function: str, location: tuple[Path, int] | None, summary: str, traceback: str) -> None:
        where = f"{location[0]}:{location[1]}: " if location else ""
        super().__init__(f"{where}the function {function!r} does not start: {summary}")
        self.function = function
        self.location = location
        self.traceback = traceback
