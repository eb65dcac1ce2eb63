"""A table in a database of a test's own, reached directly and through PgBouncer, and invocations to use it in."""

import dataclasses
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import PasswordFile, Postgres, Resource, Resources, invocation
from core.connections.postgres import close_connections, connect, connection
from core.connections.steps import run
from local.engines import find_pgbouncer
from local.pooling import Pooler, pooled
from local.stage import Stage

INSERT = text("INSERT INTO notes VALUES (:id, :body)")


class Remaining:
    """A Lambda context with a given time left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return round((self.seconds + invocation.MARGIN_SECONDS) * 1000)


@contextmanager
def invoked(seconds: float = 30) -> Generator[None]:
    """Be in an invocation of the environment that this process stands for."""
    with invocation.within(Remaining(seconds)):
        yield


class Beside:
    """A look at the database from beside: as another client, which commits each statement."""

    def __init__(self, link: Postgres) -> None:
        self._connection = run(connect(link, invocation.until(10)))

    def rows(self) -> list[int]:
        """Return what is committed."""
        return [number for (number,) in self._connection.execute("SELECT id FROM notes ORDER BY id").fetchall()]

    def locks(self) -> int:
        """Return how many locks other clients hold on the table; autovacuum comes and goes as it likes."""
        found = self._connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database() AND relation = 'notes'::regclass AND backend_type = 'client backend'"
        ).fetchone()
        assert found is not None
        return int(found[0])

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._connection.execute(statement.encode())

    def close(self) -> None:
        """Leave."""
        self._connection.close()


@pytest.fixture(scope="session")
def pooler(stage: Stage, worker: str) -> Generator[Pooler]:
    """Return a PgBouncer before the run's PostgreSQL, pooling by transaction."""
    needs_pgbouncer()
    with pooled(stage, name=f"pgbouncer-{worker}") as started:
        yield started


def needs_pgbouncer() -> None:
    """Skip the test where PgBouncer is not installed."""
    if find_pgbouncer() is None:
        pytest.skip("PgBouncer is not installed: `apt-get install pgbouncer`, or `brew install pgbouncer`")


def with_notes(made: Postgres, folder: Path) -> Postgres:
    """Make the table `notes` in a database; return a link to it with a password file of the test's own."""
    assert isinstance(made.auth, PasswordFile)
    file = folder / "password"
    shutil.copy(made.auth.path, file)
    link = dataclasses.replace(made, auth=PasswordFile(str(file)))
    own = run(connect(link, invocation.until(10)))
    own.execute("CREATE TABLE notes (id int PRIMARY KEY, body text)")
    own.close()
    return link


@pytest.fixture
def direct(scratch: Callable[[], Postgres], tmp_path: Path) -> Postgres:
    """Return a link to a database with the table `notes`."""
    return with_notes(scratch(), tmp_path)


@pytest.fixture(params=["direct", "pooled"])
def link(request: pytest.FixtureRequest, direct: Postgres) -> Iterator[Postgres]:
    """Return a link to that database, once directly and once through PgBouncer, in the place of `MyPostgres`."""
    own = direct if request.param == "direct" else request.getfixturevalue("pooler").through(direct)
    with Resources.MyPostgres.override(own):
        yield own
    close_connections()


@pytest.fixture
def beside(direct: Postgres) -> Iterator[Beside]:
    """Return a look at the database from beside, never through PgBouncer."""
    looking = Beside(direct)
    yield looking
    looking.close()


def backend() -> int:
    """Return the server's process that runs this environment's next statement."""
    row = connection(Resource.MyPostgres).execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def administer(stage: Stage, statement: str) -> None:
    """Run a statement as the superuser, on a connection of its own."""
    admin = dataclasses.replace(stage.postgres(Resources.MyPostgres, "admin"), database="postgres")
    own = run(connect(admin, invocation.until(10)))
    own.execute(statement.encode())
    own.close()


def insert(opened: Session, number: int) -> None:
    """Write a row."""
    opened.execute(INSERT, {"id": number, "body": "some words"})


def assert_clean() -> None:
    """Check that core's connection is as its own users expect it."""
    held = connection()
    assert held.autocommit
    assert held.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert held.isolation_level is held.read_only is held.deferrable is None
