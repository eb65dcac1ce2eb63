"""Two heads, as a merge of two branches leaves them: which is to come after the other, by where the database stands."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError

from core import ConnectionFailedError

from .errors import RefusedError, TwoHeadsError
from .scripts import file_of

Ask = Callable[[], Collection[str]]
"""Asks a database which revisions it is at."""


def check_one_head(scripts: ScriptDirectory, ask: Ask) -> None:
    """Make sure that one revision at most has no successor.

    Args:
        scripts: the revisions.
        ask: is asked for the sake of the error only: what to do depends on where the database stands.

    Raises:
        TwoHeadsError: more than one has none.
    """
    heads = [scripts.get_revision(head) for head in sorted(scripts.get_heads())]
    if len(heads) > 1:
        raise TwoHeadsError([(head.revision, file_of(head)) for head in heads], _advice(scripts, heads, _asked(ask)))


def _asked(ask: Ask) -> Collection[str]:
    with suppress(ConnectionFailedError, RefusedError):  # the heads are what is to be told
        return ask()
    return ()


def _advice(scripts: ScriptDirectory, heads: Sequence[Script], at: Collection[str]) -> str:
    """Return what to do; of three heads or more, the first step: another run tells the next."""
    behind = [_behind(scripts, head.revision) for head in heads]
    on = [index for index, own in enumerate(behind) if any(revision in own for revision in at)]
    off = [index for index in range(len(heads)) if index not in on]
    if not on or not off:  # before the branches part, or nowhere that is known
        one, other = _first_alone(behind[0], behind[1]), _first_alone(behind[1], behind[0])
        return _either(one, other, heads, at)
    stays, first = heads[on[0]], _first_alone(behind[off[0]], behind[on[0]])
    return (
        f"this database is at {', '.join(sorted(at))}, so {stays.revision} stays and {first.revision} comes after it:"
        f" {_line(first, stays)}, then run this again. A database that has {first.revision} already goes back first,"
        f" before the file is changed: {_back(first)}"
    )


def _either(one: Script, other: Script, heads: Sequence[Script], at: Collection[str]) -> str:
    neither = "this database has neither: " if len(at) == 1 else ""
    return (
        f"{neither}the one that comes after must be one that no stage has yet; {_line(one, heads[1])}, or"
        f" {_line(other, heads[0])}, then run this again. A database that has the one that comes after already goes"
        f" back first, before the file is changed: {_back(one)}"
    )


def _line(first: Script, after: Script) -> str:
    return f"write `down_revision = {after.revision!r}` in {file_of(first)} instead of {first.down_revision!r}"


def _back(first: Script) -> str:
    return f"`nox -s downgrade -- {_before(first)}` (or `nox -s reset`)"


def _before(script: Script) -> str:
    match script.down_revision:
        case str() as revision:
            return revision
        case None:
            return "base"
        case several:
            return several[0]


def _behind(scripts: ScriptDirectory, head: str) -> dict[str, Script]:
    """Return a head and what it follows, the first one first."""
    with suppress(RevisionError):
        return {script.revision: script for script in reversed(list(scripts.iterate_revisions(head, "base")))}
    return {head: scripts.get_revision(head)}


def _first_alone(own: dict[str, Script], other: dict[str, Script]) -> Script:
    """Return where a branch leaves the other: what is to be put after it."""
    return next(script for revision, script in own.items() if revision not in other)
