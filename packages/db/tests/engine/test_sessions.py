"""Sessions and engines over the kept connection, directly and through PgBouncer."""

import dataclasses
import os
import signal
import threading
from time import monotonic

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core import ConnectionFailedError, Postgres, Resource
from core.connections.postgres import connection, probe
from core.connections.steps import run
from db.engine import ConnectionInUseError, TransactionFailedError, engine, session

from .conftest import INSERT, Beside, assert_clean, backend, insert, invoked

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("link")]


def test_a_session_commits_at_its_end(beside: Beside) -> None:
    """Others see what it wrote once the block has ended, and not before."""
    with invoked(), session() as opened:
        insert(opened, 1)
        assert beside.rows() == []
    assert beside.rows() == [1]
    assert_clean()


def test_an_error_undoes_everything_and_passes_on(beside: Beside) -> None:
    """Nothing of a failed block is left, and the next works on the same connection."""
    before = connection()

    def fails() -> None:
        with session() as opened:
            insert(opened, 1)
            raise ZeroDivisionError

    with invoked():
        with pytest.raises(ZeroDivisionError):
            fails()
        assert (beside.rows(), beside.locks()) == ([], 0)
        with session() as opened:
            insert(opened, 2)
    assert beside.rows() == [2]
    assert connection() is before
    assert_clean()


def test_an_error_of_the_server_undoes_everything(beside: Beside) -> None:
    """A violated constraint is SQLAlchemy's error; what was written before it is undone with it."""

    def fails() -> None:
        with session() as opened:
            insert(opened, 1)
            insert(opened, 1)

    with invoked(), pytest.raises(IntegrityError):
        fails()
    assert (beside.rows(), beside.locks()) == ([], 0)
    assert_clean()


def test_a_statement_that_a_signal_interrupts_costs_its_connection(beside: Beside) -> None:
    """Nobody knows what will still come on it; whoever is next in the same invocation has another one."""

    def leave(*_: object) -> None:
        raise SystemExit

    def is_interrupted() -> None:
        with session() as opened:
            insert(opened, 1)
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGUSR1]).start()
            opened.execute(text("SELECT pg_sleep(20)"))

    before = signal.signal(signal.SIGUSR1, leave)
    try:
        with invoked():
            with pytest.raises(SystemExit):
                is_interrupted()
            with session() as opened:
                insert(opened, 2)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert beside.rows() == [2]


def test_a_commit_that_would_be_none_is_an_error(beside: Beside) -> None:
    """Who catches a statement's error and goes on learns that nothing is committed; with a savepoint, all else is."""

    def swallows() -> None:
        with session() as opened:
            insert(opened, 1)
            with pytest.raises(DBAPIError):
                opened.execute(text("SELECT nothing"))

    with invoked(), pytest.raises(TransactionFailedError, match="nothing of this transaction is committed"):
        swallows()
    assert (beside.rows(), beside.locks()) == ([], 0)
    assert_clean()
    with invoked(), session() as opened:
        insert(opened, 2)
        with pytest.raises(DBAPIError), opened.begin_nested():
            opened.execute(text("SELECT nothing"))
    assert beside.rows() == [2]


def test_an_error_tells_no_parameter() -> None:
    """What a statement was given is in no message; what PostgreSQL itself says of a row is PostgreSQL's."""
    with pytest.raises(DBAPIError) as raised, session() as opened:
        opened.execute(text("SELECT CAST(:body AS int) FROM nowhere"), {"body": "a secret"})
    assert "a secret" not in str(raised.value)


def test_sessions_and_core_share_one_connection() -> None:
    """The engine, bare psycopg and the health probe use the same one, which is kept across invocations."""
    before = backend()
    for _ in range(2):
        with invoked():
            with session() as opened:
                assert opened.execute(text("SELECT pg_backend_pid()")).scalar_one() == before
            run(probe(Resource.MyPostgres, monotonic() + 10))
            assert backend() == before


def test_bare_psycopg_within_a_session_is_in_its_transaction(beside: Beside) -> None:
    """It is one connection: core's own users see what the session has written, and write what it commits."""
    with session() as opened:
        insert(opened, 1)
        connection().execute("INSERT INTO notes SELECT id + 1 FROM notes")
        assert beside.rows() == []
    assert beside.rows() == [1, 2]


def test_bare_psycopg_commits_by_itself_while_no_transaction_is_under_way(beside: Beside) -> None:
    """An engine's connection that has committed, or has not begun, changes nothing for core's own users."""
    with invoked(), engine().connect() as opened:
        connection().execute("INSERT INTO notes VALUES (1)")
        opened.execute(INSERT, {"id": 2, "body": ""})
        opened.commit()
        connection().execute("INSERT INTO notes VALUES (3)")
        assert beside.rows() == [1, 2, 3]


def test_a_second_session_while_one_is_open_is_an_error(beside: Beside) -> None:
    """Nobody waits, and two do not share a connection; the first goes on as if nothing had been."""
    with invoked():
        with session() as first:
            insert(first, 1)
            with pytest.raises(ConnectionInUseError), session() as second:
                insert(second, 2)
            with pytest.raises(ConnectionInUseError), engine().connect():
                pass
            insert(first, 3)
        with session() as third:
            insert(third, 4)
    assert beside.rows() == [1, 3, 4]


def test_a_connection_that_is_open_without_a_transaction_is_in_use_too() -> None:
    """Its next transaction would meet the other's: the second is an error at once, not by chance."""
    with invoked(), engine().connect() as first:
        first.execute(text("SELECT 1"))
        first.commit()
        with pytest.raises(ConnectionInUseError), engine().connect():
            pass
        first.execute(text("SELECT 1"))


def test_a_session_within_a_transaction_of_bare_psycopg_is_an_error(beside: Beside) -> None:
    """It would commit or undo what is not its own."""
    with connection().transaction():
        connection().execute("INSERT INTO notes VALUES (1)")
        with pytest.raises(ConnectionInUseError), session() as opened:
            insert(opened, 2)
    assert beside.rows() == [1]


def test_a_single_statement_needs_no_transaction() -> None:
    """With AUTOCOMMIT one statement is one statement, and what was set for it is gone with it."""
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        opened.execute(text("SELECT 1"))
        assert connection().info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    with engine().connect() as opened:
        opened.execute(text("SELECT 1"))
        assert connection().info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    assert_clean()


def test_the_options_of_a_transaction_are_its_own() -> None:
    """Isolation level and the like are said where it begins, and hold for no other."""
    options = {"isolation_level": "SERIALIZABLE", "postgresql_readonly": True, "postgresql_deferrable": True}
    asked = text(
        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),"
        " current_setting('transaction_deferrable')"
    )
    with engine().connect().execution_options(**options) as opened:
        assert opened.execute(asked).one() == ("serializable", "on", "on")
    with engine().connect() as opened:
        assert opened.execute(asked).one() == ("read committed", "off", "off")
    assert_clean()


def test_rows_can_be_copied_in_the_sessions_transaction(beside: Beside) -> None:
    """Psycopg's own connection is within reach, and in the transaction from the first."""
    with session() as opened:
        driver = opened.connection().connection.driver_connection
        assert driver is not None
        with driver.cursor().copy("COPY notes (id) FROM STDIN") as copy:
            copy.write_row((1,))
        assert beside.rows() == []
    assert beside.rows() == [1]


def test_a_connection_that_can_not_be_had_says_why(link: Postgres) -> None:
    """It is core's error, with the class of its failure, as without SQLAlchemy; nothing is in its way later."""
    nowhere = dataclasses.replace(link, host="127.0.0.2")
    for _ in range(2):
        with invoked(2), pytest.raises(ConnectionFailedError) as raised, session(nowhere) as opened:
            opened.execute(text("SELECT 1"))
        assert raised.value.failure == "refused"


def test_each_link_has_one_engine(link: Postgres, direct: Postgres) -> None:
    """Asked for again, it is the same; another link's is another."""
    assert engine() is engine(link)
    assert engine(dataclasses.replace(direct, user="app")) is not engine(link)
