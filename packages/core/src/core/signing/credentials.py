"""The credentials of a function's role, as Lambda puts them into its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import CoreError

ACCESS_KEY = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  (the name of a variable, no secret)
SESSION_TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  (likewise)


class MissingCredentialsError(CoreError):
    """The environment holds no credentials to sign with.

    Attributes:
        variables: the names of the variables that are not set.
    """

    def __init__(self, variables: tuple[str, ...]) -> None:
        super().__init__(
            f"nothing to sign with: {' and '.join(variables)} not set. "
            "Lambda sets them from the function's role; elsewhere they are exported from a profile"
        )
        self.variables = variables


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request is signed with. Its text form shows no secret.

    Attributes:
        access_key: the access key's id, which is sent along and no secret.
        secret_key: the secret access key, which is never sent.
        session_token: the token of temporary credentials, as a role's are; None for a user's.
    """

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def credentials_from_environment(environ: Mapping[str, str] = os.environ) -> Credentials:
    """Return the credentials that the environment holds now.

    The variables are those of Lambda's documented reserved ones. Call it for each signature and keep nothing:
    the credentials of a role are temporary, and the environment is where new ones appear.

    Raises:
        MissingCredentialsError: a key is not set, or empty; it names the variables.
    """
    missing = tuple(name for name in (ACCESS_KEY, SECRET_KEY) if not environ.get(name))
    if missing:
        raise MissingCredentialsError(missing)
    return Credentials(environ[ACCESS_KEY], environ[SECRET_KEY], environ.get(SESSION_TOKEN) or None)
