"""PgBouncer before PostgreSQL, as tests and benches put it there."""

from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from local.engines import (
    Engine,
    EngineError,
    Memory,
    PgBouncer,
    PgBouncerMissingError,
    PostgresServer,
    engine_account,
    find_pgbouncer,
)
from local.engines import pgbouncer as module

if TYPE_CHECKING:
    from local.engines import PostgresRole

    from .conftest import Workshop

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        find_pgbouncer() is None,
        reason="PgBouncer is not installed: `apt-get install pgbouncer`, or `brew install pgbouncer`",
    ),
]

PASSWORD = 'admin\'s "own"'
PASSWORDS: "dict[PostgresRole, str]" = {"admin": PASSWORD, "owner": "owner's own", "app": "app's own"}


@pytest.fixture(scope="module")
def server(shared_workshop: "Workshop") -> Engine:
    """Return a PostgreSQL whose passwords need quoting."""
    site = shared_workshop.site("postgres")
    return shared_workshop.start(PostgresServer(site=site, passwords=PASSWORDS, databases=("mocs",)))


@pytest.fixture
def pooler(workshop: "Workshop", server: Engine) -> Engine:
    """Return a PgBouncer of the test's own before it, with one connection, for which nobody waits long."""
    site = workshop.site("pgbouncer")
    return workshop.start(
        PgBouncer(site=site, server_port=server.port, password=PASSWORD, connections=1, clients=20, wait=1)
    )


def connect(engine: Engine, user: str = "owner", password: str | None = None) -> psycopg.Connection:
    """Sign in; the password is the user's own if none is given."""
    return psycopg.connect(
        host="127.0.0.1",
        port=engine.port,
        user=user,
        password=f"{user}'s own" if password is None else password,
        dbname="mocs",
        connect_timeout=10,
        autocommit=True,
        prepare_threshold=None,
    )


def backend(connection: psycopg.Connection) -> object:
    """Return the server's process that runs the next statement."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return None if row is None else row[0]


def test_clients_share_a_connection_transaction_by_transaction(pooler: Engine) -> None:
    """Between two transactions of one client another one has the connection, and within one nobody."""
    with closing(connect(pooler)) as one, closing(connect(pooler)) as other:
        assert backend(one) == backend(other)
        with one.transaction():
            one.execute("SELECT 1")
            with pytest.raises(psycopg.OperationalError, match="query_wait_timeout"):
                other.execute("SELECT 1")
        with closing(connect(pooler)) as third:
            assert backend(third) == backend(one)


def test_users_are_those_of_postgresql(pooler: Engine) -> None:
    """Every role signs in with its own password by SCRAM, and nobody with another one."""
    for user in ("owner", "app"):
        with closing(connect(pooler, user)) as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == (user,)
        for wrong in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError):
                connect(pooler, user, wrong)
    with pytest.raises(psycopg.OperationalError):
        connect(pooler, "stranger")


def test_a_changed_password_is_followed(pooler: Engine, server: Engine) -> None:
    """Who has signed in works on; who signs in from then on needs the new password, and nothing is restarted."""
    with closing(connect(pooler, "app")) as kept, closing(connect(server, "admin", PASSWORD)) as admin:
        admin.execute("ALTER ROLE app PASSWORD 'changed'")
        try:
            kept.execute("SELECT 1")
            with pytest.raises(psycopg.OperationalError):
                connect(pooler, "app")
            with closing(connect(pooler, "app", "changed")) as new:
                new.execute("SELECT 1")
        finally:
            admin.execute("ALTER ROLE app PASSWORD 'app''s own'")


def test_a_restart_of_postgresql_is_followed(workshop: "Workshop") -> None:
    """A client that is connected does not notice it, unless it was in a transaction."""
    server = workshop.start(PostgresServer(site=workshop.site("postgres"), passwords=PASSWORDS, databases=("mocs",)))
    pooler = workshop.start(PgBouncer(site=workshop.site("pgbouncer"), server_port=server.port, password=PASSWORD))
    with closing(connect(pooler)) as connection:
        before = backend(connection)
        server.stop()
        server.start()
        assert backend(connection) != before


def test_a_transaction_is_undone_when_its_client_has_gone(pooler: Engine, server: Engine) -> None:
    """Its row and its lock are gone at once."""
    with closing(connect(pooler)) as connection:
        connection.execute("CREATE TABLE left_open (id int PRIMARY KEY)")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO left_open VALUES (1)")
    with closing(connect(server)) as beside:
        beside.execute("SET lock_timeout = '10s'")
        beside.execute("INSERT INTO left_open VALUES (1)")


def test_it_listens_on_loopback_and_runs_as_the_engines_user(pooler: Engine) -> None:
    """As root it runs as nobody, like PostgreSQL; no socket file is made, and its files are closed to others."""
    (pid,) = pooler.pids
    process = psutil.Process(pid)
    account = engine_account()
    assert process.uids().real == (psutil.Process().uids().real if account is None else account.uid)
    listening = [each.laddr for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", pooler.port)]
    assert not any(each.status == psutil.CONN_LISTEN for each in process.net_connections("unix"))
    folder = pooler.definition.site.folder
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "pgbouncer.ini": 0o600,
        "users.txt": 0o600,
    }
    assert PASSWORD not in " ".join((*process.cmdline(), *process.environ().values()))


def test_it_stops_at_once_and_is_swept_when_nobody_noted_it(pooler: Engine) -> None:
    """Clients in the middle of a transaction do not keep it; one that a killed run has left is found by its folder."""
    with closing(connect(pooler)) as connection:
        connection.execute("BEGIN")
        pooler.stop()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    pooler.start()
    (pid,) = pooler.pids
    Engine(pooler.definition, Memory()).clear()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_without_the_program_the_error_says_how_to_have_it(
    workshop: "Workshop", monkeypatch: pytest.MonkeyPatch
) -> None:
    """No package registry of a language has it, so it is for the person to install."""
    monkeypatch.setattr(module, "find_pgbouncer", lambda: None)
    with pytest.raises(PgBouncerMissingError, match="apt-get install pgbouncer") as raised:
        workshop.start(PgBouncer(site=workshop.site("pgbouncer"), server_port=1, password=""))
    assert isinstance(raised.value, EngineError)
