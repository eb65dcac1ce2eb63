"""A server that restarts, dies, hangs, or gets another password, with engines that only this module uses."""

import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import DeadlineExceededError, PasswordFile, Postgres, Resources
from core.connections.postgres import StatementDeadlineError, close_connections
from db.engine import engine, session
from local.databases import scratch_databases
from local.pooling import Pooler, pooled
from local.stage import Stage
from local.testing.plugin import stage_for

from .conftest import Beside, administer, backend, invoked, needs_pgbouncer, with_notes

pytestmark = pytest.mark.engines

INSERT = text("INSERT INTO notes VALUES (:id)")


@pytest.fixture(scope="module")
def own_stage(pytestconfig: pytest.Config, worker: str) -> Generator[Stage]:
    """Return a stage of this worker's own, with PostgreSQL alone: it is stopped and frozen here."""
    with stage_for(pytestconfig, f"engine-{worker}", "postgres") as started:
        yield started


@pytest.fixture(scope="module")
def own_pooler(own_stage: Stage) -> Generator[Pooler]:
    """Return a PgBouncer before it."""
    needs_pgbouncer()
    with pooled(own_stage) as started:
        yield started


@pytest.fixture
def direct(own_stage: Stage, tmp_path: Path) -> Generator[Postgres]:
    """Return a link to a database with the table `notes` on this module's own server."""
    with scratch_databases(own_stage) as (made,):
        yield with_notes(made, tmp_path)


@pytest.fixture(autouse=True, params=["direct", "pooled"])
def link(request: pytest.FixtureRequest, direct: Postgres) -> Iterator[Postgres]:
    """Return a link to that database, once directly and once through PgBouncer, in the place of `MyPostgres`."""
    own = direct if request.param == "direct" else request.getfixturevalue("own_pooler").through(direct)
    with Resources.MyPostgres.override(own):
        yield own
    close_connections()


def write(number: int) -> None:
    """Write a row in a session of its own."""
    with session() as opened:
        opened.execute(INSERT, {"id": number})


def test_a_restart_between_two_invocations_is_not_noticed(own_stage: Stage, direct: Postgres) -> None:
    """The next invocation finds its connection dead before it sends any work, and has a new one."""
    postgres = own_stage.engine("postgres")
    with invoked():
        write(1)
    postgres.stop()
    postgres.start()
    with invoked():
        write(2)
    assert _rows(direct) == [1, 2]


def test_a_connection_killed_in_a_transaction_is_the_requests_own_error(own_stage: Stage, direct: Postgres) -> None:
    """Nothing is sent twice and nothing is committed; the next invocation works."""

    def killed() -> None:
        with session() as opened:
            opened.execute(INSERT, {"id": 1})
            pid = opened.execute(text("SELECT pg_backend_pid()")).scalar_one()
            administer(own_stage, f"SELECT pg_terminate_backend({pid}, 5000)")
            opened.execute(INSERT, {"id": 2})

    with invoked(), pytest.raises(OperationalError):
        killed()
    with invoked():
        write(3)
    assert _rows(direct) == [3]


def test_a_connection_killed_between_two_sessions_is_replaced(own_stage: Stage, direct: Postgres) -> None:
    """No work had been sent on it."""
    with invoked():
        write(1)
        pid = backend()
        administer(own_stage, f"SELECT pg_terminate_backend({pid}, 5000)")
        write(2)
    assert _rows(direct) == [1, 2]


def test_a_connection_killed_between_two_transactions_of_one_lease_is_replaced(own_stage: Stage) -> None:
    """Also within one `connect()`: what was committed is, and the next transaction begins on another."""
    with invoked(), engine().connect() as opened:
        pid = opened.execute(text("SELECT pg_backend_pid()")).scalar_one()
        opened.commit()
        administer(own_stage, f"SELECT pg_terminate_backend({pid}, 5000)")
        assert opened.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_a_frozen_server_is_an_error_within_the_invocation(own_stage: Stage, direct: Postgres) -> None:
    """The deadline is told apart from what a server says, whatever it hits; the next invocation works."""
    postgres = own_stage.engine("postgres")

    def frozen_in_the_middle() -> None:
        with session() as opened:
            opened.execute(INSERT, {"id": 1})
            postgres.freeze()
            opened.execute(INSERT, {"id": 2})

    def frozen_before_the_commit() -> None:
        with session() as opened:
            opened.execute(INSERT, {"id": 3})
            postgres.freeze()

    for fails in (frozen_in_the_middle, frozen_before_the_commit):
        began = time.monotonic()
        try:
            with invoked(1.5), pytest.raises(StatementDeadlineError) as raised:
                fails()
        finally:
            postgres.thaw()
        assert time.monotonic() - began < 20
        assert raised.value.failure == "timeout"
        assert raised.value.__cause__ is not raised.value
    with invoked():
        write(4)
    # The commit that nobody saw confirmed may have been made: that is for the caller to know, from the error.
    assert set(_rows(direct)) - {3} == {4}


def test_a_server_frozen_while_connecting_is_a_deadline_too(own_stage: Stage) -> None:
    """The first statement says so in time, and the next invocation works."""
    postgres = own_stage.engine("postgres")
    postgres.freeze()
    try:
        with invoked(0.5), pytest.raises(DeadlineExceededError):
            write(1)
    finally:
        postgres.thaw()
    with invoked():
        write(2)


def test_a_lost_connection_leaves_a_session_that_can_be_closed(own_stage: Stage) -> None:
    """Whoever handles the error inside of the block does not get a second one from its end."""
    with invoked():
        opened = Session(engine())
        pid = opened.execute(text("SELECT pg_backend_pid()")).scalar_one()
        administer(own_stage, f"SELECT pg_terminate_backend({pid}, 5000)")
        with pytest.raises(OperationalError):
            opened.execute(text("SELECT 1"))
        opened.rollback()
        assert opened.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid
        opened.close()


def _rows(direct: Postgres) -> list[int]:
    looking = Beside(direct)
    rows = looking.rows()
    looking.close()
    return rows


class Load:
    """Execution environments that work all the time, each a fork of this process.

    Attributes:
        began: when the last invocation of each that has worked began, by the file that it says so in.
    """

    def __init__(self, folder: Path, environments: int, *, reconnecting: int) -> None:
        """Start them; as many as `reconnecting` open a new connection for each invocation."""
        self._stop = folder / "stop"
        self._said = [folder / f"said-{number}" for number in range(environments)]
        self._pids = [self._fork(said, number < reconnecting) for number, said in enumerate(self._said)]

    def invocations(self) -> list[list[tuple[float, str]]]:
        """Return, for each environment, when each of its invocations began, and how it failed, if it did."""
        return [
            [tuple(json.loads(line)) for line in said.read_text().splitlines(keepends=True) if line.endswith("\n")]
            for said in self._said
        ]

    def wait_for(self, true: Callable[[list[list[tuple[float, str]]]], bool]) -> None:
        """Wait until something holds of the invocations."""
        until = time.monotonic() + 60
        while not true(self.invocations()):
            assert time.monotonic() < until, "it did not come true"
            time.sleep(0.02)

    def end(self) -> None:
        """Let all of them end."""
        self._stop.touch()
        while self._pids:
            os.waitpid(self._pids.pop(), 0)

    def _fork(self, said: Path, reconnects: bool) -> int:  # noqa: FBT001  # named where it is called
        said.touch()
        pid = os.fork()
        if pid == 0:
            try:
                self._work(said, reconnects)
            finally:
                os._exit(0)
        return pid

    def _work(self, said: Path, reconnects: bool) -> None:  # noqa: FBT001  # likewise
        with said.open("a", buffering=1) as say:
            while not self._stop.exists():
                began, error = time.monotonic(), ""
                try:
                    with invoked(10), session() as opened:
                        opened.execute(text("SELECT count(*) FROM notes")).scalar_one()
                except Exception as raised:  # noqa: BLE001  # whatever it is, the test judges it
                    error = f"{getattr(raised, 'failure', type(raised).__name__)}"
                if reconnects:
                    close_connections()
                say.write(f"{json.dumps([began, error])}\n")


def test_a_password_changed_under_load_fails_nothing_that_did_not_use_the_old_one(
    own_stage: Stage, link: Postgres, tmp_path: Path
) -> None:
    """Kept connections work on; new ones fail only between the revocation and the new file; nothing is restarted."""
    assert isinstance(link.auth, PasswordFile)
    file = Path(link.auth.path)
    old = file.read_text()
    with ExitStack() as stack:
        load = Load(tmp_path, 4, reconnecting=2)
        stack.callback(load.end)
        load.wait_for(lambda each: all(len(invocations) > 5 for invocations in each))
        revoked = time.monotonic()
        administer(own_stage, "ALTER ROLE owner PASSWORD 'another'")
        stack.callback(administer, own_stage, f"ALTER ROLE owner PASSWORD '{old}'")
        load.wait_for(lambda each: all(any(error for _, error in invocations) for invocations in each[:2]))
        new = file.with_name("new-password")
        new.touch(mode=0o600)
        new.write_text("another")
        new.replace(file)
        known = time.monotonic()
        load.wait_for(lambda each: all(invocations[-1][0] > known + 0.5 for invocations in each))
        load.end()
        each = load.invocations()
    failed = [(began, error) for invocations in each for began, error in invocations if error]
    assert {error for _, error in failed} == {"authentication"}
    assert all(revoked - 1 < began < known for began, _ in failed)
    assert not any(error for invocations in each[2:] for _, error in invocations)


def test_a_connection_lost_after_the_password_changed_is_replaced_with_the_new_one(
    own_stage: Stage, link: Postgres, direct: Postgres
) -> None:
    """An environment that has signed in with the old password reads the file anew for its next connection."""
    assert isinstance(link.auth, PasswordFile)
    file = Path(link.auth.path)
    old = file.read_text()
    with invoked():
        write(1)
        pid = backend()
    administer(own_stage, "ALTER ROLE owner PASSWORD 'another'")
    try:
        file.write_text("another")
        administer(own_stage, f"SELECT pg_terminate_backend({pid}, 5000)")
        close_connections()  # through PgBouncer, the client's connection outlives the server's
        with invoked():
            write(2)
        assert _rows(direct) == [1, 2]
    finally:
        administer(own_stage, f"ALTER ROLE owner PASSWORD '{old}'")
