"""The local principals: as whom a function signs its requests, in the place of its role on AWS."""

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from local.aws import ACCOUNT
from local.locks import exclusive

from .files import read_object, write_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The credentials of one function, with the forms that AWS gives those of a role.

    Attributes:
        access_key_id: 20 characters, from `ASIA` as all that are temporary.
        secret_access_key: what requests are signed with.
        session_token: goes with every request.
        role: the ARN of the role.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    role: str


def principal(stage: Path, function: str) -> Principal:
    """Return the principal of a function, made on first use.

    Args:
        stage: the folder of the stage.
        function: the function's name.
    """
    file = stage / "secrets" / "principals.json"
    role = f"arn:aws:iam::{ACCOUNT}:role/{function}"
    with exclusive(stage / "principals.lock"):
        known = read_object(file)
        match known.get(function):
            case {"access_key_id": str(key), "secret_access_key": str(secret), "session_token": str(token)}:
                return Principal(access_key_id=key, secret_access_key=secret, session_token=token, role=role)
            case _:
                pass
        made = Principal(
            access_key_id=f"ASIA{secrets.token_hex(8).upper()}",
            secret_access_key=secrets.token_urlsafe(30),
            session_token=secrets.token_urlsafe(96),
            role=role,
        )
        write_object(file, known | {function: asdict(made)})
        return made
