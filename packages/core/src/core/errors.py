"""The errors of core: one tree, each carrying what it is about.

The message of every error is for the log. What a response may say of a failed
connection is its `failure`: a short class, never a host, a user or a secret.
"""

from typing import Literal

Failure = Literal[
    "authentication",  # the engine does not accept the user, or the request's signature
    "closed",  # the engine ended the connection
    "configuration",  # the link is missing or malformed, or what it needs to sign in with is
    "error",  # the engine answered that it failed
    "protocol",  # what answers on that port is not the engine, or is broken
    "red",  # OpenSearch has lost a primary shard
    "refused",  # nothing listens on that port
    "resolution",  # the host's name has no address
    "timeout",  # no answer within the deadline
    "tls",  # the server's certificate can't be verified, or it does not speak TLS
    "unavailable",  # the engine is starting, stopping or full
    "unreachable",  # no route to the host
]
"""The classes of failure that a health answer may name: short, and never a host, a user or a secret."""


class CoreError(Exception):
    """Anything that core raises by itself."""


class StageNameError(CoreError, ValueError):
    """A stage can't have this name, or can't be deployed.

    Attributes:
        stage: the name.
    """

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"{stage!r} {reason}")
        self.stage = stage


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
