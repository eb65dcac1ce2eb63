"""How a link signs in: what stands in its `auth`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Iam:
    """Sign in with the role of the function: a fresh token for each connection or request."""


@dataclass(frozen=True, slots=True)
class PasswordFile:
    """Sign in with the password in a file of mode 0600, read anew for each connection.

    Attributes:
        path: the file's absolute path.
    """

    path: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Do not sign in."""


Auth = Iam | PasswordFile | Anonymous
