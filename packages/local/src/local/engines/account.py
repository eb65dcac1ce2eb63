"""The user that engines run as."""

import pwd
from dataclasses import dataclass

from local.paths import is_root


@dataclass(frozen=True, slots=True)
class Account:
    """A user other than the one who runs this process.

    Attributes:
        uid: the user's number.
        gid: the number of the user's group.
    """

    uid: int
    gid: int


def engine_account() -> Account | None:
    """Return the user that engines run as: `nobody` for root, None (the user itself) for everyone else.

    PostgreSQL and OpenSearch refuse to run as root.
    """
    if not is_root():
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
