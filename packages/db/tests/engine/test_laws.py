"""What holds of `db.engine` whatever happens, in whatever order."""

import os
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import pq
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import Resource
from core.connections.postgres import close_connections, connection
from db.engine import ConnectionInUseError, engine, session
from local.stage import Stage

from .conftest import Beside, administer, backend, invoked

pytestmark = pytest.mark.engines

INSERT = text("INSERT INTO notes VALUES (:id)")


class World:
    """An execution environment that is invoked again and again, and what must be committed by now."""

    def __init__(self, stage: Stage, beside: Beside) -> None:
        self._stage = stage
        self._beside = beside
        self._number = 0
        self._kept: list[Session] = []
        self._committed: list[int] = []

    def next(self) -> int:
        """Return a number that no row has had."""
        self._number += 1
        return self._number

    def commits(self) -> None:
        """Commit a row."""
        with session() as opened:
            opened.execute(INSERT, {"id": (number := self.next())})
        self._committed.append(number)

    def fails(self) -> None:
        """Write a row, then fail."""
        with suppress(ZeroDivisionError), session() as opened:
            opened.execute(INSERT, {"id": self.next()})
            raise ZeroDivisionError

    def is_refused(self) -> None:
        """Write a row, then have a statement refused."""
        with suppress(DBAPIError), session() as opened:
            opened.execute(INSERT, {"id": self.next()})
            opened.execute(text("SELECT nothing"))

    def reads(self) -> None:
        """See what is committed, in one statement."""
        with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
            assert list(opened.execute(text("SELECT id FROM notes ORDER BY id")).scalars()) == self._committed

    def uses_psycopg(self) -> None:
        """Commit a row without SQLAlchemy."""
        connection().execute(b"INSERT INTO notes VALUES (%d)" % (number := self.next()))
        self._committed.append(number)

    def is_killed(self) -> None:
        """Lose the connection in the middle of a transaction."""
        with suppress(DBAPIError), session() as opened:
            opened.execute(INSERT, {"id": self.next()})
            pid = opened.execute(text("SELECT pg_backend_pid()")).scalar_one()
            administer(self._stage, f"SELECT pg_terminate_backend({pid}, 5000)")
            opened.execute(INSERT, {"id": self.next()})

    def is_killed_between(self) -> None:
        """Lose the connection while nothing is under way."""
        administer(self._stage, f"SELECT pg_terminate_backend({backend()}, 5000)")

    def forks(self) -> None:
        """Commit a row in a child."""
        number = self.next()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with session() as opened:
                    opened.execute(INSERT, {"id": number})
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        self._committed.append(number)

    def ends_late(self) -> None:
        """End what former invocations forgot."""
        while self._kept:
            self._kept.pop().close()

    def forgets(self) -> None:
        """Write a row in a session that nobody ends: what the last step of an invocation may be."""
        self._kept.append(Session(engine()))
        self._kept[-1].execute(INSERT, {"id": self.next()})
        with pytest.raises(ConnectionInUseError), session() as opened:
            opened.execute(INSERT, {"id": self.next()})

    def nothing(self) -> None:
        """Forget nothing."""

    def check(self) -> None:
        """Check what must hold after each step but the forgetting one."""
        held = connection(Resource.MyPostgres)
        assert held.autocommit
        assert held.info.transaction_status == pq.TransactionStatus.IDLE
        assert self._beside.rows() == self._committed
        assert self._beside.locks() == 0

    def close(self) -> None:
        """Leave nothing to the next world."""
        self.ends_late()
        close_connections()
        self._beside.execute("TRUNCATE notes")


STEPS = (
    World.commits,
    World.fails,
    World.is_refused,
    World.reads,
    World.uses_psycopg,
    World.is_killed,
    World.is_killed_between,
    World.forks,
    World.ends_late,
)
"""What may happen in an invocation."""

Step = Callable[[World], None]
invocations = st.lists(
    st.tuples(st.lists(st.sampled_from(STEPS), max_size=4), st.sampled_from((World.nothing, World.forgets))),
    min_size=1,
    max_size=5,
)
"""Invocations, each with its steps and its last one."""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invocations=invocations)
@pytest.mark.usefixtures("link")
def test_nothing_that_happens_reaches_a_later_invocation(
    stage: Stage, beside: Beside, invocations: list[tuple[list[Step], Step]]
) -> None:
    """What is committed is there, nothing else is, no lock is held, and the connection is as core's users expect."""
    world = World(stage, beside)
    try:
        for steps, last in invocations:
            with invoked():
                for step in steps:
                    step(world)
                    world.check()
                last(world)
        with invoked():
            world.check()
    finally:
        world.close()
