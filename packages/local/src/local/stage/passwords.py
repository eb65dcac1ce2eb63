"""The passwords of the engines' users: random, made once, each in a file of mode 0600 that links name."""

import secrets
from pathlib import Path

from local.engines import POSTGRES_ROLES, REDIS_USERS, PostgresRole, RedisUser

from .files import write

_BYTES = 24
"""Of randomness, which makes 32 characters."""


class Passwords:
    """The passwords of one stage.

    Attributes:
        folder: where their files are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make those that are missing. Engines take up a new one when they start."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        names = [self.postgres_file(role) for role in POSTGRES_ROLES]
        for file in names + [self.redis_file(user) for user in REDIS_USERS]:
            if not file.exists():
                write(file, secrets.token_urlsafe(_BYTES))

    def postgres_file(self, role: PostgresRole) -> Path:
        """Return the file that holds a role's password."""
        return self.folder / f"postgres-{role}"

    def redis_file(self, user: RedisUser) -> Path:
        """Return the file that holds a user's password."""
        return self.folder / f"redis-{user}"

    def postgres(self) -> dict[PostgresRole, str]:
        """Return the passwords of PostgreSQL's roles."""
        return {role: self.postgres_file(role).read_text() for role in POSTGRES_ROLES}

    def redis(self) -> dict[RedisUser, str]:
        """Return the passwords of Redis' users."""
        return {user: self.redis_file(user).read_text() for user in REDIS_USERS}

    def write_pgpass(self, port: int) -> Path:
        """Write the file that psql takes passwords from (PGPASSFILE); return it."""
        file = self.folder / "pgpass"
        write(file, "".join(f"127.0.0.1:{port}:*:{role}:{password}\n" for role, password in self.postgres().items()))
        return file
