"""Redis 7: two ACL users, nobody else; bounded memory; data kept in an append-only file."""

import hashlib
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from core import acl
from local import artifacts
from local.artifacts import DownloadProgress

from . import probes
from .environment import environment
from .processes import Command
from .site import Site

RedisUser = Literal["admin", "app"]
"""`app` is the application's; `admin` may do everything, and is there to reset and to test."""
REDIS_USERS: tuple[RedisUser, ...] = get_args(RedisUser)

_SETTINGS = """\
bind 127.0.0.1
port {port}
aclfile ../users.acl
dir data
appendonly yes
appendfsync everysec
save ""
maxmemory 128mb
maxmemory-policy allkeys-lru
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisServer:
    """A Redis server.

    Attributes:
        site: where it lives.
        passwords: the password of each ACL user.
    """

    site: Site
    passwords: Mapping[RedisUser, str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0

    def prepare(self, progress: DownloadProgress) -> Command:
        """Write its settings and its users; see `Definition`."""
        program = artifacts.redis(self.site.cache, self.site.platform, progress)
        self.site.own_folder("data")
        # Redis reads the users when it has gone into its data: hence the two dots.
        self.site.write(self.site.folder / "users.acl", self._users())
        self.site.write(self.site.folder / "redis.conf", _SETTINGS.format(port=self.site.port))
        folder = self.site.folder
        return Command(arguments=(str(program), "redis.conf"), environment=environment(folder), folder=folder)

    def is_ready(self) -> bool:
        """See `Definition`."""
        return probes.redis_serves(self.site.port, "admin", self.passwords["admin"])

    def stopped(self) -> None:
        """See `Definition`."""

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:  # noqa: ARG002 - the program is enough
        """See `Definition`."""
        return Path(program).is_relative_to(self.site.cache.folder.resolve())

    def _users(self) -> str:
        rights = {"admin": "+@all", "app": acl.APP}
        lines = [f"user default off resetpass resetkeys resetchannels {acl.NOTHING}"]
        for user in REDIS_USERS:
            password = hashlib.sha256(self.passwords[user].encode()).hexdigest()
            lines.append(f"user {user} on #{password} ~* &* {rights[user]}")
        return "".join(f"{line}\n" for line in lines)
