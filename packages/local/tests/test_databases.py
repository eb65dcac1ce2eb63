"""Databases for a purpose: lent, cleared away after a killed program, and a server that does not answer."""

import dataclasses
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import pytest

from core import Postgres, Resources
from core.connections import postgres
from core.connections.steps import run
from core.invocation import bounded, until
from local.databases import DatabasesError, clone_database, make_database, scratch_databases
from local.errors import LocalError
from local.stage import Stage

pytestmark = pytest.mark.engines


@pytest.fixture
def admin(stage: Stage) -> Postgres:
    """Return the link of the superuser."""
    return stage.postgres(Resources.MyPostgres, "admin")


@contextmanager
def opened(link: Postgres) -> Generator[psycopg.Connection]:
    """Lend a connection."""
    with run(postgres.connect(link, until(5))) as connection:
        yield connection


@contextmanager
def kept(admin: Postgres, *names: str) -> Generator[None]:
    """Have some databases while the block runs."""
    for name in names:
        make_database(admin, name)
    try:
        yield
    finally:
        with opened(admin) as connection:
            for name in names:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())


def there(admin: Postgres) -> set[str]:
    """Return the names of the databases of the server."""
    with opened(admin) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def ended_pid() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_only_what_a_killed_program_left_is_removed(stage: Stage, admin: Postgres, worker: str) -> None:
    """Databases that are called in a similar way are nobody's to remove, and in nobody's way."""
    gone = f"scratch_{ended_pid()}_0123abcd"
    stays = {
        "scratchpad",
        f"scratch_{worker}",
        "scratch_99999999999999999999_0123abcd",
        f"scratch_1_{worker}",
    }
    with kept(admin, gone, *stays):
        with scratch_databases(stage) as (lent,):
            found = there(admin)
            assert lent.database in found
            assert gone not in found
            assert stays <= found
        assert lent.database not in there(admin)


def test_a_block_that_fails_says_so_and_leaves_nothing(stage: Stage, admin: Postgres) -> None:
    """The block's own error comes out, and its databases are gone."""
    names: list[str] = []

    def fail() -> None:
        with scratch_databases(stage, 2) as lent:
            names.extend(link.database for link in lent)
            raise KeyError(names[0])

    with pytest.raises(KeyError):
        fail()
    assert len(names) == 2
    assert not there(admin) & set(names)


def test_a_copy_of_a_database_in_use_is_refused_in_a_line(admin: Postgres, worker: str) -> None:
    """What PostgreSQL says comes as an error of the local stage, which a command prints as it is."""
    own = dataclasses.replace(admin, database=f"original_{worker}")
    with kept(admin, own.database), opened(own), pytest.raises(LocalError) as raised:
        clone_database(own, f"copy_{worker}")
    assert "is being accessed by other users" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_server_that_is_not_there_is_a_line(admin: Postgres) -> None:
    """Nobody listens on the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(DatabasesError, match=f"127.0.0.1:{port} can't make or remove .*refused") as raised:
        make_database(dataclasses.replace(admin, port=port), "own")
    assert "\n" not in str(raised.value)


def test_a_server_that_says_nothing_is_a_line_in_time(admin: Postgres) -> None:
    """It takes the connection, as a frozen one does, and answers nothing."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        bounded(0.2),
        pytest.raises(DatabasesError, match="deadline"),
    ):
        make_database(dataclasses.replace(admin, port=silent.getsockname()[1]), "own")
