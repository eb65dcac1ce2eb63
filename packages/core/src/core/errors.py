"""The errors of core: one tree, each carrying what it is about.

The message of every error is for the log. What a response may say of a failed
connection is its `failure`: a short class, never a host, a user or a secret.
"""

from typing import Literal

Failure = Literal[
    "timeout", "refused", "unreachable", "resolution", "authentication", "tls", "closed", "protocol", "error"
]
"""The classes of failure that a health answer may name."""


class CoreError(Exception):
    """Anything that core raises by itself."""


class LinkError(CoreError):
    """A link can't be read.

    Attributes:
        link: the link's name, as in `Resource.MyPostgres`.
    """

    def __init__(self, link: str, message: str) -> None:
        super().__init__(message)
        self.link = link


class MissingLinkError(LinkError):
    """The function was not given the link.

    Attributes:
        function: the function's name, or None outside a function.
    """

    def __init__(self, link: str, variable: str, function: str | None) -> None:
        where = (
            f"add it to the links of {function!r} in functions/manifest.py"
            if function
            else f"run the program as `nox -s shell -- <stage> COMMAND`, which sets {variable}"
        )
        super().__init__(link, f"the link {link} is not given to this function: {where}")
        self.function = function


class MalformedLinkError(LinkError, ValueError):
    """A link's value does not have the form of its kind.

    Attributes:
        field: the field that is wrong, `value` when it is the value as a whole.
        reason: what is wrong with it; it never repeats the value.
    """

    def __init__(self, link: str, field: str, reason: str) -> None:
        super().__init__(link, f"the link {link} is malformed: {field} {reason}")
        self.field = field
        self.reason = reason


class ConnectionFailedError(CoreError):
    """A network step failed; the connection it was made on is closed.

    Attributes:
        failure: the class of the failure, fit for a response.
    """

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure: Failure = failure


class DeadlineExceededError(ConnectionFailedError):
    """A network step did not end within its deadline."""

    def __init__(self, step: str) -> None:
        super().__init__("timeout", f"{step} did not end within its deadline")
