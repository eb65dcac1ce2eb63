"""What a connection signs in with, made anew for each: a token of the function's role, or a password from a file.

So a changed password and rotated credentials need no restart.
"""

import os
import stat
from time import time
from typing import TYPE_CHECKING

from core.auth import Iam, PasswordFile
from core.errors import ConnectionFailedError, CoreError
from core.kinds import Postgres, Redis

if TYPE_CHECKING:
    from core.signing import Signer


def password(link: Postgres | Redis) -> str:
    """Return what is sent in place of a password: an IAM token, or what the password file holds now.

    Raises:
        ConnectionFailedError: there is nothing to sign in with (`configuration`).
    """
    if not isinstance(link.auth, Iam):
        return read_password(link.auth)
    from core.signing import elasticache_token, rds_token  # noqa: PLC0415  # loaded only where it signs

    if isinstance(link, Postgres):
        return rds_token(signer(link.region), link.host, link.port, link.user)
    group = link.replication_group or ""  # a link with IAM has one
    return elasticache_token(signer(link.region), group, link.user)


def signer(region: str) -> "Signer":
    """Return what signs as the function's role, now.

    Raises:
        ConnectionFailedError: the environment holds no credentials (`configuration`).
    """
    from core.signing import Signer, credentials_from_environment  # noqa: PLC0415  # loaded only where it signs

    try:
        return Signer(credentials_from_environment(), region, time())
    except CoreError as error:
        raise ConnectionFailedError("configuration", str(error)) from error


def read_password(file: PasswordFile) -> str:
    """Return the password in a file, without a final line break.

    Raises:
        ConnectionFailedError: the file can't be read, is empty, or others than its owner may read it
            (`configuration`).
    """
    try:
        with open(file.path, encoding="utf-8") as opened:  # noqa: PTH123  # pathlib is not on the cold path
            mode = os.fstat(opened.fileno()).st_mode
            text = opened.read().rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise ConnectionFailedError("configuration", f"the password file can't be read: {error}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConnectionFailedError("configuration", f"{file.path} can be read by others: set its mode to 0600")
    if not text:
        raise ConnectionFailedError("configuration", f"{file.path} is empty")
    return text
