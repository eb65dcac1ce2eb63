"""PostgreSQL 15: SCRAM for every role, loopback only, no socket file."""

import hashlib
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from db.roles import APP, application_limits, database_grants, role_settings
from local import artifacts
from local.artifacts import DownloadProgress

from . import probes, processes
from .environment import UTF8_LOCALE, environment
from .errors import DataVersionError, EngineFailedError
from .processes import Command
from .site import Site

PostgresRole = Literal["admin", "owner", "app"]
"""`admin` is the superuser, `owner` owns the databases and their schema, `app` may connect."""
POSTGRES_ROLES: tuple[PostgresRole, ...] = get_args(PostgresRole)

_MAJOR = "15"
_INITDB = 120.0
"""Seconds; it takes 0.8."""
_RULES = """\
# Written at each start. Nobody gets in without a password, and nobody from elsewhere.
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A PostgreSQL server.

    Attributes:
        site: where it lives.
        passwords: the password of each role.
        databases: the databases to have; `owner` owns them.
    """

    site: Site
    passwords: Mapping[PostgresRole, str]
    databases: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGINT  # its fast shutdown: SIGTERM would wait for clients to leave
    patience: float = 60.0

    def prepare(self, progress: DownloadProgress) -> Command:
        """Make the cluster where there is none, bring roles and databases to what is asked for; see `Definition`."""
        home = artifacts.postgres(self.site.cache, self.site.platform, progress)
        data = self.site.folder / "data"
        if not data.exists():
            self._initialize(home, data)
        found = (data / "PG_VERSION").read_text().strip()
        if found != _MAJOR:
            raise DataVersionError(self.site.engine, found, _MAJOR, data)
        # Nothing runs in the folder (the caller has seen to that), and a number that another process of the
        # same user has got meanwhile would keep PostgreSQL from starting.
        (data / "postmaster.pid").unlink(missing_ok=True)
        self._follow_changes(home, data)
        self.site.write(data / "pg_hba.conf", _RULES)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.site.port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            # A commit is on disk within 0.6 s, and what is there is never torn: fsync stays on.
            "synchronous_commit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return self._command(home, "postgres", "-D", str(data), *_options(settings))

    def is_ready(self) -> bool:
        """See `Definition`."""
        return probes.postgres_accepts(self.site.port, "admin")

    def stopped(self) -> None:
        """See `Definition`."""

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:  # noqa: ARG002 - its title is not its command
        """See `Definition`."""
        return Path(program).is_relative_to(self.site.cache.folder.resolve())

    def _initialize(self, home: Path, data: Path) -> None:
        new = self.site.own_folder("data.new", empty=True)
        command = self._command(
            home,
            "initdb",
            f"--pgdata={new}",
            "--username=admin",
            "--auth=reject",  # until our rules are there
            "--encoding=UTF8",
            # Sorted by code point, which is the same on every platform; letters are known as letters.
            "--locale=C",
            f"--lc-ctype={UTF8_LOCALE}",
        )
        self._run(command, "")
        statements = ["CREATE ROLE owner", "CREATE ROLE app", *self._provide()]
        self._execute(home, new, statements, exit_on_error=True)
        self._note_provided()
        new.rename(data)

    def _follow_changes(self, home: Path, data: Path) -> None:
        """Bring kept data to passwords, databases, settings and rights that were not asked for when it was made."""
        provided: object = json.loads(self._provided.read_text())
        if provided == self._asked():
            return
        # A database that is there already is an error in the log, and no harm.
        self._execute(home, data, self._provide(), exit_on_error=False)
        self._note_provided()

    @property
    def _provided(self) -> Path:
        return self.site.folder / "provided.json"

    def _asked(self) -> dict[str, object]:
        passwords = hashlib.sha256(json.dumps(sorted(self.passwords.items())).encode()).hexdigest()
        return {"passwords": passwords, "databases": list(self.databases), "statements": self._statements()}

    def _note_provided(self) -> None:
        self.site.write(self._provided, json.dumps(self._asked()))

    def _provide(self) -> list[str]:
        passwords = [f"ALTER ROLE {role} LOGIN PASSWORD {_literal(self.passwords[role])}" for role in POSTGRES_ROLES]
        return [*passwords, *self._statements()]

    def _statements(self) -> list[str]:
        """Return what is run beside the passwords: kept data follows whenever it changes."""
        settings = [*role_settings("owner"), *role_settings(APP), *application_limits()]
        return [*settings, *_create(self.databases)]

    def _execute(self, home: Path, data: Path, statements: list[str], *, exit_on_error: bool) -> None:
        """Run statements in single-user mode, which needs no server and no password."""
        stop = _options({"exit_on_error": "on" if exit_on_error else "off"})
        command = self._command(home, "postgres", "--single", "-D", str(data), *stop, "postgres")
        self._run(command, "".join(f"{statement}\n" for statement in statements))

    def _run(self, command: Command, text: str) -> None:
        site = self.site
        if not processes.run(command, text=text, log=site.log, account=site.account, seconds=_INITDB):
            raise EngineFailedError(site.engine, site.log)

    def _command(self, home: Path, program: str, *arguments: str) -> Command:
        return Command(
            arguments=(str(home / "bin" / program), *arguments),
            environment=environment(self.site.folder),
            folder=self.site.folder,
        )


def _create(databases: tuple[str, ...]) -> list[str]:
    return [
        statement
        for name in map(_identifier, databases)
        for statement in (
            f"CREATE DATABASE {name} OWNER owner",
            *database_grants(name),
        )
    ]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _options(settings: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
