"""What an invocation, or the process forked from, has left open: it reaches nobody else."""

import gc
import os

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.connections.postgres import connection
from db.engine import ConnectionInUseError, InvocationOverError, engine, session

from .conftest import Beside, assert_clean, insert, invoked

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("link")]


def test_a_forgotten_session_reaches_no_other_invocation(beside: Beside) -> None:
    """The next invocation neither waits for it nor sees it; ended late, it does nothing; used late, it says why."""
    with invoked():
        forgotten = Session(engine())
        insert(forgotten, 1)
        assert beside.locks() > 0
    with invoked():
        with session() as opened:
            assert opened.execute(text("SELECT count(*) FROM notes")).scalar_one() == 0
            insert(opened, 2)
            with pytest.raises(InvocationOverError, match="a former invocation"):
                insert(forgotten, 3)
            forgotten.close()
            insert(opened, 4)
        assert beside.locks() == 0
    assert beside.rows() == [2, 4]


def test_a_forgotten_session_that_the_garbage_collector_ends_late_does_nothing(beside: Beside) -> None:
    """Its end comes at any moment, be it in the middle of someone else's transaction."""
    with invoked():
        forgotten = [Session(engine())]
        insert(forgotten[0], 1)
    with invoked(), session() as opened:
        insert(opened, 2)
        forgotten.clear()
        gc.collect()
        insert(opened, 3)
    assert beside.rows() == [2, 3]


def test_a_connection_left_open_without_a_transaction_is_no_obstacle(beside: Beside) -> None:
    """It was in use in the former invocation, by nobody in this one."""
    with invoked():
        left = engine().connect()
        assert left.execute(text("SELECT 1")).scalar_one() == 1
        left.commit()
    with invoked():
        with session() as opened:
            insert(opened, 1)
        with pytest.raises(InvocationOverError):
            left.execute(text("SELECT 1"))
        left.close()
    assert beside.rows() == [1]
    assert_clean()


def test_a_transaction_that_bare_psycopg_left_open_is_gone(beside: Beside) -> None:
    """The session of the next invocation starts clean."""
    with invoked():
        connection().execute("BEGIN")
        connection().execute("INSERT INTO notes VALUES (1)")
    with invoked(), session() as opened:
        insert(opened, 2)
    assert beside.rows() == [2]


def test_calls_that_nothing_tells_apart_learn_what_does(beside: Beside) -> None:
    """A handler without its decorator meets what its former call forgot: the error says what is missing."""
    forgotten = Session(engine())
    insert(forgotten, 1)
    with pytest.raises(ConnectionInUseError, match=r"decorate the handler with core\.invocation\.invocation"):
        engine().connect()
    forgotten.close()
    with session() as opened:
        insert(opened, 2)
    assert beside.rows() == [2]


def test_a_fork_has_a_connection_of_its_own(beside: Beside) -> None:
    """A child's session commits on another connection, and the end of what it inherited does nothing to the parent."""
    with invoked(), session() as opened:
        insert(opened, 1)
        child = os.fork()
        if child == 0:
            os._exit(_in_a_fork(opened))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert beside.rows() == [2]
        insert(opened, 3)
    assert beside.rows() == [1, 2, 3]


def _in_a_fork(inherited: Session) -> int:
    try:
        with session() as own:
            insert(own, 2)
        inherited.close()
    except BaseException:  # noqa: BLE001  # the child must not go on as a second test run
        return 1
    return 0
