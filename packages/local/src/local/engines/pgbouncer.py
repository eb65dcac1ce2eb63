"""PgBouncer before PostgreSQL, pooling by transaction: what stands in for RDS Proxy in tests and benches.

What differs from RDS Proxy: it pins no connection, so a SET reaches whoever gets the connection next (hence
`local.testing.pinning`); before 1.21 a prepared statement fails where RDS Proxy would pin; it knows no IAM tokens and
speaks no TLS here; it signs in to PostgreSQL with the keys of the client that signed in last, where RDS Proxy has its
own secret; it passes on a request to cancel a statement, which RDS Proxy does not.
"""

import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.artifacts import DownloadProgress

from . import probes
from .environment import environment
from .errors import PgBouncerMissingError
from .processes import Command
from .site import Site

_PLACES = "/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin"
"""Where it is installed to, beside what is on the PATH: Debian's PATH has no sbin for ordinary users."""

# What is left out is PgBouncer's default. No start-up parameter is ignored: core's connections send none that it
# does not know (measured). Its default of 15 s between two attempts to sign in to PostgreSQL would make a restart of
# PostgreSQL take as long.
_SETTINGS = """\
[databases]
* = host=127.0.0.1 port={server_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = users.txt
auth_user = admin
auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1
admin_users = admin
pool_mode = transaction
server_reset_query =
default_pool_size = {connections}
max_client_conn = {clients}
query_wait_timeout = {wait}
server_login_retry = 1
log_connections = 0
log_disconnections = 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PgBouncer:
    """A PgBouncer before a PostgreSQL on this machine.

    Users are those of PostgreSQL, which is asked for the verifier of a user's password whenever one signs in
    (auth_query): a list of its own (auth_file) could not follow a changed password. That list has the one who asks.

    Attributes:
        site: where it lives.
        server_port: the port of PostgreSQL.
        password: that of PostgreSQL's superuser `admin`, as whom it asks.
        connections: how many it opens to PostgreSQL, at most, for each database and user.
        clients: how many may be connected to it at once.
        wait: seconds that a client waits for a connection, RDS Proxy's borrow timeout; then it is turned away.
    """

    site: Site
    server_port: int
    password: str
    connections: int = 20
    clients: int = 1000
    wait: int = 10
    stop_signal: signal.Signals = signal.SIGTERM  # at once: SIGINT would wait for transactions to end
    patience: float = 20.0

    def prepare(self, progress: DownloadProgress) -> Command:  # noqa: ARG002  # nothing is downloaded
        """Write its settings and its one user; see `Definition`."""
        program = find_pgbouncer()
        if program is None:
            raise PgBouncerMissingError
        site = self.site
        settings = _SETTINGS.format(
            server_port=self.server_port,
            port=site.port,
            connections=self.connections,
            clients=self.clients,
            wait=self.wait,
        )
        site.write(site.folder / "pgbouncer.ini", settings)
        site.write(site.folder / "users.txt", f'"admin" "{_quoted(self.password)}"\n')
        return Command(
            arguments=(str(program), "pgbouncer.ini"), environment=environment(site.folder), folder=site.folder
        )

    def is_ready(self) -> bool:
        """See `Definition`."""
        return probes.postgres_accepts(self.site.port, "admin")

    def stopped(self) -> None:
        """See `Definition`."""

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:  # noqa: ARG002  # the program is enough
        """See `Definition`."""
        return Path(program).name == "pgbouncer"


def find_pgbouncer() -> Path | None:
    """Return the installed program; None where there is none."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path=_PLACES)
    return None if found is None else Path(found)


def _quoted(text: str) -> str:
    return text.replace('"', '""')
