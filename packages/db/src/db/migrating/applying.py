"""One revision, up or down: in a transaction of its own, or as one concurrent index statement outside of any."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core import ConnectionFailedError, invocation
from db.roles import schema_grants

from .errors import LockLostError, MigrationError, RefusedError, RevisionFailedError, RevisionFormError, StoppedError
from .failing import failed, is_locked_out
from .holders import held_by
from .lock import MigrationLock
from .move import Move
from .pacing import Limits
from .stopping import Stop, cancelled_after
from .talking import answering
from .transactions import driver, heads_of, one_transaction, set_limits
from .watch import ATTRIBUTE, FormError, Watch, refuse_block


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of migrations, alone on its database.

    Attributes:
        config: Alembic's settings.
        scripts: the revisions.
        engine: the database, as the owner of the schema.
        lock: what keeps others away.
        limits: how long things may take.
        say: takes lines for a person.
        stop: ends the run.
    """

    config: Config
    scripts: ScriptDirectory
    engine: Engine
    lock: MigrationLock
    limits: Limits
    say: Callable[[str], object]
    stop: Stop

    def heads(self) -> tuple[str, ...]:
        """Return the revisions that the database is at, sorted.

        Raises:
            ConnectionFailedError: the database does not answer in time.
        """
        with answering(), self.engine.connect() as connection:
            return heads_of(connection)

    def prepare(self) -> None:
        """Make Alembic's own table where there is none, and let the application use the others.

        Raises:
            ConnectionFailedError: the database does not answer in time.
            RefusedError: it refuses, as to who does not own it.
        """
        with answering(), self.engine.begin() as connection:
            set_limits(connection, self.limits.lock, self.limits.statement)
            self._migrate(connection, [])
            for grant in schema_grants():
                connection.execute(text(grant))

    def apply(self, move: Move, expected: tuple[str, ...]) -> None:
        """Apply a revision or take it back, trying again while other work holds what it needs.

        Args:
            move: the revision, and which way.
            expected: what the database is at.
        """
        for attempt in range(1, self.limits.attempts + 1):
            if self.stop.is_set:
                break
            try:
                return self._attempt(move, expected)
            except RevisionFailedError as error:
                if attempt == self.limits.attempts or not is_locked_out(error.__cause__):
                    raise
                who = f" ({error.held})" if error.held else ""
            self.say(
                f"{move.revision}: other work holds what it needs{who};"
                f" trying again ({attempt + 1} of {self.limits.attempts})"
            )
            self.stop.wait(self.limits.pause)
        raise _stopped(expected)

    def _attempt(self, move: Move, expected: tuple[str, ...]) -> None:
        self.lock.check()
        watch = Watch(concurrent=move.concurrent)
        longest = move.seconds(self.limits) + self.limits.answer
        try:
            with invocation.bounded(longest), self._transaction(move) as connection:
                found = heads_of(connection)
                if found != expected:
                    raise LockLostError(f"the database went from {_named(expected)} to {_named(found)} meanwhile")
                self._migrate(connection, [self._step(move, watch, connection)], watch)
        except (MigrationError, ConnectionFailedError):
            raise
        except FormError as error:
            raise RevisionFormError(move.revision, move.file, str(error)) from error
        except Exception as error:
            if self.stop.is_set:
                raise _stopped(expected) from error
            raise failed(move, watch, error, self._held(watch, error)) from error

    def _held(self, watch: Watch, error: Exception) -> str:
        """Return who holds what an attempt could not have, once that is over; nothing if it can't be told."""
        if is_locked_out(error):
            with suppress(ConnectionFailedError, RefusedError), answering(), self.engine.connect() as connection:
                return held_by(connection, watch.statement)
        return ""

    @contextmanager
    def _transaction(self, move: Move) -> Generator[Connection]:
        """Open what a revision runs in, to be cancelled if the run is to end."""
        with self.engine.connect() as connection:
            late: AbstractContextManager[None] = nullcontext()
            if move.concurrent:
                # Each statement for itself. SET LOCAL would bound none, and a SET would pin a proxy's connection.
                connection.execution_options(isolation_level="AUTOCOMMIT")
                late = cancelled_after(driver(connection), move.seconds(self.limits))
            with self.stop.cancelling(driver(connection)), late, connection.begin():
                if not move.concurrent:
                    set_limits(connection, self.limits.lock, move.seconds(self.limits))
                yield connection

    def _step(self, move: Move, watch: Watch, connection: Connection) -> RevisionStep:
        step = move.step(self.scripts)
        revision = step.migration_fn

        def watched(**arguments: object) -> None:
            within: AbstractContextManager[None] = nullcontext() if move.concurrent else one_transaction(connection)
            with within, watch.watching(connection):
                revision(**arguments)
            # What comes next is the stamp, and the end of the transaction.
            self.lock.check()

        step.migration_fn = watched
        return step

    def _migrate(self, connection: Connection, steps: list[RevisionStep], watch: Watch | None = None) -> None:
        def work(_heads: object, context: MigrationContext) -> list[RevisionStep]:
            # Alembic's own way out of the transaction would commit what comes before it.
            setattr(context, "autocommit_block", refuse_block)  # noqa: B010  # a method of its, for this context only
            return steps

        self.config.attributes.update({"connection": connection, ATTRIBUTE: watch})
        with EnvironmentContext(self.config, self.scripts, fn=work):
            self.scripts.run_env()


def _stopped(heads: tuple[str, ...]) -> StoppedError:
    return StoppedError(f"at {_named(heads)}")


def _named(heads: tuple[str, ...]) -> str:
    return ", ".join(heads) or "base"
