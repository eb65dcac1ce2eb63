"""The kept PostgreSQL connection, on the real server, and through a proxy that fails on demand."""

import dataclasses
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from core import ConnectionFailedError, DeadlineExceededError, PasswordFile, Postgres, Resource, Resources, invocation
from core.connections import kept as kept_module
from core.connections.postgres import StatementDeadlineError, close_connections, connection, probe
from core.connections.steps import run
from local.proxy import Forward, Proxy, Silent
from local.stage import Stage

pytestmark = pytest.mark.engines


class Remaining:
    """A Lambda context with a given time left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return round((self.seconds + invocation.MARGIN_SECONDS) * 1000)


@pytest.fixture
def proxy(stage: Stage) -> Iterator[Proxy]:
    """Return a proxy before the run's PostgreSQL."""
    with Proxy("127.0.0.1", stage.engine("postgres").port) as opened:
        yield opened


@pytest.fixture(autouse=True)
def link(database: Postgres, proxy: Proxy, tmp_path: Path) -> Iterator[Postgres]:
    """Put a link through the proxy, with a password file of the test's own, in the place of `MyPostgres`."""
    assert isinstance(database.auth, PasswordFile)
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text(Path(database.auth.path).read_text())
    own = dataclasses.replace(database, port=proxy.port, auth=PasswordFile(str(file)))
    with Resources.MyPostgres.override(own):
        yield own
    close_connections()


def backend() -> int:
    """Return the server's process of this environment's connection."""
    row = connection().execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def administer(stage: Stage, statement: str) -> None:
    """Run a statement as the superuser, on a connection of its own, and not to the database that others clone."""
    admin = dataclasses.replace(stage.postgres(Resources.MyPostgres, "admin"), database="postgres")
    run_on = connection(admin)
    run_on.execute(statement.encode())


def test_the_connection_is_kept_and_commits_each_statement() -> None:
    """Two uses are one connection, without a transaction in between, and nothing is prepared."""
    first = connection()
    assert connection() is first
    assert first.autocommit
    assert first.prepare_threshold is None


def test_a_connection_that_the_server_ended_is_replaced_before_work_is_sent(stage: Stage) -> None:
    """The next use works on a new connection."""
    before = backend()
    administer(stage, f"SELECT pg_terminate_backend({before}, 5000)")
    assert backend() != before


def test_a_connection_that_was_cut_is_replaced(proxy: Proxy) -> None:
    """A reset between two uses is not noticed."""
    before = backend()
    proxy.cut()
    assert backend() != before


def test_a_connection_that_died_silently_while_idle_is_replaced_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After idling, silence costs half of the time; the other half is for a new connection."""
    before = backend()
    monkeypatch.setattr(kept_module, "IDLE_SECONDS", 0.0)
    os.kill(before, signal.SIGSTOP)  # the server's process of this connection alone
    try:
        with invocation.within(Remaining(2)):
            assert backend() != before
    finally:
        os.kill(before, signal.SIGCONT)


def test_a_transaction_is_on_one_connection_and_rolled_back_as_a_whole() -> None:
    """Inside of a transaction the connection stays the same, and an error undoes all of it."""
    seen: list[object] = []

    def fails() -> None:
        with connection().transaction():
            # A setting of the session that is made in a transaction goes with it.
            connection().execute("SELECT set_config('test.mine', 'made', false)")
            seen.append(connection().execute("SELECT current_setting('test.mine')").fetchone())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    seen.append(connection().execute("SELECT current_setting('test.mine', true)").fetchone())
    assert seen in ([("made",), (None,)], [("made",), ("",)])  # once it was known, it is empty


def test_a_connection_cut_in_the_middle_of_a_transaction_is_the_requests_own_error(proxy: Proxy) -> None:
    """Work that was sent is not sent again; the next request works."""

    def fails() -> None:
        with connection().transaction():
            connection().execute("SELECT 1")
            proxy.cut()
            connection().execute("SELECT 2")

    with pytest.raises(psycopg.OperationalError):
        fails()
    assert backend()


def test_an_open_transaction_does_not_reach_the_next_invocation() -> None:
    """What an invocation left open ends with its connection; the next one starts clean."""
    with invocation.within(Remaining(10)):
        leaked = connection()
        leaked.execute("BEGIN")
        assert connection() is leaked
    with invocation.within(Remaining(10)):
        assert connection() is not leaked
    assert leaked.closed


def test_a_statement_ends_with_the_invocation(proxy: Proxy) -> None:
    """A server that goes silent costs what is left of the invocation, and the connection."""
    held = connection()
    with invocation.within(Remaining(0.3)):
        proxy.switch(Silent())
        began = monotonic()
        with pytest.raises(StatementDeadlineError):
            held.execute("SELECT 1")
        assert 0.2 < monotonic() - began < 5
    assert held.closed
    proxy.switch(Forward())
    assert backend()


def test_a_deadline_is_also_psycopgs_operational_error() -> None:
    """Libraries over psycopg see a lost connection; ours see a deadline."""
    assert issubclass(StatementDeadlineError, psycopg.OperationalError)
    assert issubclass(StatementDeadlineError, DeadlineExceededError)


def test_a_slow_statement_is_not_waited_for_beyond_the_invocation() -> None:
    """The clock is the client's own: the server would have slept on."""
    with invocation.within(Remaining(0.3)), pytest.raises(StatementDeadlineError):
        connection().execute("SELECT pg_sleep(30)")


def test_connecting_ends_with_the_invocation(proxy: Proxy) -> None:
    """A server that accepts and says nothing is a timeout, within what is left."""
    proxy.switch(Silent())
    with invocation.within(Remaining(0.3)), pytest.raises(DeadlineExceededError):
        connection()


def test_a_server_error_is_not_a_deadline() -> None:
    """What PostgreSQL answers stays what it is."""
    with invocation.within(Remaining(5)), pytest.raises(psycopg.errors.UndefinedTable):
        connection().execute("SELECT * FROM nothing_here")
    assert backend()


def test_a_changed_password_needs_no_restart(proxy: Proxy, link: Postgres) -> None:
    """The file is read for each new connection: a wrong one fails, the right one works again."""
    assert isinstance(link.auth, PasswordFile)
    file = Path(link.auth.path)
    right = file.read_text()
    before = backend()
    file.write_text("wrong")
    assert backend() == before  # what is open stays open
    proxy.cut()
    with pytest.raises(ConnectionFailedError) as raised:
        connection()
    assert raised.value.failure == "authentication"
    file.write_text(right)
    assert backend() != before


def test_a_fork_opens_its_own_connection() -> None:
    """A child's work is on another connection, and its end does not close the parent's."""
    before = backend()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(backend()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reader, 100)) != before
    assert backend() == before
    os.close(reader)
    os.close(writer)


def test_the_probe_uses_the_same_connection() -> None:
    """A health check proves the connection that requests use."""
    before = backend()
    run(probe(Resource.MyPostgres, monotonic() + 10))
    assert backend() == before


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"database": "nowhere"}, "configuration"),
        ({"user": "nobody"}, "authentication"),
        ({"host": "127.0.0.2"}, "refused"),
    ],
)
def test_a_connection_that_can_not_be_made_says_why(link: Postgres, change: dict[str, str], failure: str) -> None:
    """Each failure has its class."""
    with pytest.raises(ConnectionFailedError) as raised:
        connection(dataclasses.replace(link, **change))
    assert raised.value.failure == failure


def test_a_port_where_nothing_listens_is_refused(link: Postgres) -> None:
    """Nothing there is told apart from no answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = dataclasses.replace(link, port=free.getsockname()[1])
        with pytest.raises(ConnectionFailedError) as raised:
            connection(nobody)
    assert raised.value.failure == "refused"
