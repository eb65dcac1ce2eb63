"""Folders of migrations of a test's own, and a look at what they have done."""

import dataclasses
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core import Postgres
from core.connections.sign_in import password
from db.migrating import MIGRATIONS
from local.proxy import Proxy

REVISION = '''\
"""{message}

Revision {revision}, after {after}; generated on 2026-11-22.
"""

from alembic import op
from db.migrating.concurrently import create_index, drop_index

revision = {revision!r}
down_revision = {after!r}
{attributes}


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''

SLEEPING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'"
"""Which client of this database runs, or ran last, a revision that sleeps."""
MIGRATE = """
import sys
from pathlib import Path
from core import Postgres
from db.migrating import upgrade
link = Postgres.decode("a test's", sys.argv[1])
done = upgrade(link, folder=Path(sys.argv[2]), say=lambda line: print(line, flush=True))
print("applied", *done.applied)
"""


class Folder:
    """A folder of migrations.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "versions").mkdir(parents=True)
        shutil.copy(MIGRATIONS / "env.py", path)
        self._last: str | None = None

    def add(  # noqa: PLR0913  # a revision
        self,
        revision: str,
        up: str | Sequence[str],
        down: str | Sequence[str] = "SELECT 1",
        *,
        after: str | None = "",
        attributes: str = "",
        message: str = "a test's",
    ) -> Path:
        """Write a revision that sends statements, or holds lines of Python; it follows the last unless `after` says."""
        text = REVISION.format(
            revision=revision,
            message=message,
            after=self._last if after == "" else after,
            attributes=attributes,
            up=_body(up),
            down=_body(down),
        )
        self._last = revision
        file = self.path / "versions" / f"{revision}_test.py"
        file.write_text(text)
        return file

    def table(self, name: str) -> Path:
        """Write a revision that makes a table of its name, and drops it."""
        return self.add(name, f"CREATE TABLE {name} (id int PRIMARY KEY)", f"DROP TABLE {name}")


def _body(statements: str | Sequence[str]) -> str:
    lines = [f"op.execute({statements!r})"] if isinstance(statements, str) else statements
    return "\n".join(f"    {line}" for line in lines)


class Look:
    """A look at a database, as one of its roles."""

    def __init__(self, link: Postgres) -> None:
        self.connection = psycopg.connect(
            host=link.host,
            port=link.port,
            user=link.user,
            password=password(link),
            dbname=link.database,
            autocommit=True,
            prepare_threshold=None,
        )

    def close(self) -> None:
        """Close it."""
        self.connection.close()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        return self.connection.execute(query.encode()).fetchall()

    def tables(self) -> set[object]:
        """Return the names of the tables, but Alembic's own."""
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found} - {"alembic_version"}

    def version(self) -> list[object]:
        """Return what the database says it is at."""
        return [name for (name,) in self.rows("SELECT version_num FROM alembic_version")]


class Migrator:
    """A migrator in a process of its own.

    Attributes:
        lines: what it has written.
    """

    def __init__(self, link: Postgres, folder: Path) -> None:
        command = [sys.executable, "-c", MIGRATE, link.encode(), str(folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read)
        self.lines: list[str] = []
        self._reader.start()

    def wait(self) -> int:
        """Return its exit code, once it has ended and all that it wrote is in `lines`."""
        self._reader.join(60)
        return self._process.wait(60)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.wait()

    def _read(self) -> None:
        with self._process:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                self.lines.append(line.rstrip())


@dataclasses.dataclass(frozen=True)
class Way:
    """A database behind a proxy that can fail.

    Attributes:
        direct: the database, as its owner.
        link: the same, through the proxy.
        proxy: the proxy.
    """

    direct: Postgres
    link: Postgres
    proxy: Proxy


Start = Callable[[Postgres, Path], Migrator]


def wait_until(found: Callable[[], object]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + 60
    while not found():
        assert time.monotonic() < until
        time.sleep(0.02)


def leave_abandoned(link: Postgres, look: Look) -> None:
    """Have the server not notice by itself that a client of a database has gone, whatever is set for the role."""
    setting = sql.SQL("ALTER ROLE {} IN DATABASE {} SET client_connection_check_interval = 0")
    look.connection.execute(setting.format(sql.Identifier(link.user), sql.Identifier(link.database)))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return an empty folder of migrations."""
    return Folder(tmp_path / "migrations")


@pytest.fixture
def look_at() -> Generator[Callable[[Postgres], Look]]:
    """Return what looks at a database; the looks end with the test."""
    with ExitStack() as opened:
        yield lambda link: opened.enter_context(closing(Look(link)))


@pytest.fixture
def start() -> Generator[Start]:
    """Return what starts a migrator in a process of its own; none outlives the test."""
    with ExitStack() as started:

        def begin(link: Postgres, folder: Path) -> Migrator:
            migrator = Migrator(link, folder)
            started.callback(migrator.kill)
            return migrator

        yield begin


@pytest.fixture
def way(scratch: Callable[[], Postgres]) -> Generator[Way]:
    """Return a database behind a proxy."""
    link = scratch()
    with Proxy(link.host, link.port) as proxy:
        yield Way(link, dataclasses.replace(link, port=proxy.port), proxy)
