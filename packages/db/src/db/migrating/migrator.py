"""The migrator: brings a database to a revision, alone, a transaction for each revision on the way."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from core import Postgres
from db.programs import program_engine

from .applying import Run
from .heads import check_one_head
from .lock import migrating_alone
from .move import Move
from .pacing import PATIENCE_SECONDS, Limits
from .scripts import check_known, read_scripts, settings, way_down, way_up
from .standing import MIGRATIONS, database_heads
from .stopping import Stop

Say = Callable[[str], object]
"""Takes a line for a person."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """How an upgrade went.

    Attributes:
        before: the revision that the database was at; None before the first.
        after: the one that it is at.
        applied: the revisions applied, in order.
    """

    before: str | None
    after: str | None
    applied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Downgraded:
    """How a downgrade went.

    Attributes:
        before: the revision that the database was at; None before the first.
        after: the one that it is at.
        reverted: the revisions taken back, in order.
    """

    before: str | None
    after: str | None
    reverted: tuple[str, ...]


def _nothing(_line: str) -> None:
    """Say nothing."""


def upgrade(  # noqa: PLR0913  # two of them, and options that are all named
    link: Postgres,
    *,
    to: str = "head",
    folder: Path = MIGRATIONS,
    say: Say = _nothing,
    patience: float = PATIENCE_SECONDS,
    limits: Limits | None = None,
    stop: Stop | None = None,
) -> Upgraded:
    """Bring a database up to a revision; nothing happens to one that is there.

    Args:
        link: the database, as the role that owns the schema.
        to: `head`, a revision's id or what it begins with, or `+1`.
        folder: the migrations.
        say: takes a line for each revision that was applied, and for what is waited for.
        patience: seconds to wait for another migrator.
        limits: how long things may take.
        stop: ends the run from another thread.

    Raises:
        RevisionFilesError: the revisions can't be read; `TwoHeadsError` if there are two heads.
        UnknownRevisionError: the database is at a revision that these are not.
        TargetError: there is no such revision, or it is not ahead.
        RevisionFailedError: a revision failed; the database is at the one before.
        RevisionFormError: a revision does what its form does not allow.
        LockTakenError: another migrator worked for longer than `patience`.
        LockLostError: the lock was lost meanwhile.
        StoppedError: `stop` was set.
        ConnectionFailedError: the database does not answer in time.
    """
    config = settings(folder)
    scripts = read_scripts(config)
    check_one_head(scripts, lambda: database_heads(link))
    with _running(link, (config, scripts), say, patience, limits, stop) as run:
        before = run.heads()
        check_known(run.scripts, before)
        run.prepare()
        way = way_up(run.scripts, before, to)
        after = _walk(run, way, before, "applied", up=True)
    return Upgraded(_one(before), _one(after), tuple(script.revision for script in way))


def downgrade(  # noqa: PLR0913  # likewise
    link: Postgres,
    to: str,
    *,
    folder: Path = MIGRATIONS,
    say: Say = _nothing,
    patience: float = PATIENCE_SECONDS,
    limits: Limits | None = None,
    stop: Stop | None = None,
) -> Downgraded:
    """Take a database back to a revision: `base`, `-1`, an id or what it begins with.

    Arguments and errors are those of `upgrade`; but two heads are no error: going back may be what they call for.
    """
    config = settings(folder)
    with _running(link, (config, read_scripts(config)), say, patience, limits, stop) as run:
        before = run.heads()
        check_known(run.scripts, before)
        scripts = way_down(run.scripts, before, to)
        after = _walk(run, scripts, before, "taken back", up=False)
    return Downgraded(_one(before), _one(after), tuple(script.revision for script in scripts))


@contextmanager
def _running(  # noqa: PLR0913, PLR0917  # what both were given
    link: Postgres,
    revisions: tuple[Config, ScriptDirectory],
    say: Say,
    patience: float,
    limits: Limits | None,
    stop: Stop | None,
) -> Generator[Run]:
    """Hold the lock while the block runs; what to do is by the database's heads in it, not before."""
    stop = stop or Stop()
    config, scripts = revisions
    engine = program_engine(link)
    with migrating_alone(link, patience=patience, say=say, stop=stop) as lock:
        try:
            yield Run(
                config=config,
                scripts=scripts,
                engine=engine,
                lock=lock,
                limits=limits or Limits(),
                say=say,
                stop=stop,
            )
        finally:
            engine.dispose()


def _walk(run: Run, scripts: list[Script], heads: tuple[str, ...], done: str, *, up: bool) -> tuple[str, ...]:
    for script in scripts:
        began = monotonic()
        run.apply(Move(script, up), heads)
        heads = run.heads()
        run.say(f"{script.revision} {done} in {monotonic() - began:.1f} s: {script.doc}")
    return heads


def _one(heads: tuple[str, ...]) -> str | None:
    """Return heads as one text: there are two only on the way to a revision that merges them."""
    return ", ".join(heads) or None
