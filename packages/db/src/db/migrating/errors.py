"""What can go wrong with migrations. None tells a value of a row or of a parameter."""

from collections.abc import Sequence

from db.errors import DbError


class MigrationError(DbError):
    """Anything that running migrations raises by itself."""


class RevisionFilesError(MigrationError):
    """The files of the revisions can't be used as they are."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the revisions can't be read: {reason}")


class TwoHeadsError(RevisionFilesError):
    """More than one revision has no successor: which comes first is for a person to say.

    Attributes:
        heads: the id of each.
    """

    def __init__(self, heads: Sequence[tuple[str, str]], advice: str) -> None:
        named = " and ".join(f"{revision} ({file})" for revision, file in heads)
        super().__init__(f"there are {len(heads)} heads, {named}: {advice}")
        self.heads = tuple(revision for revision, _ in heads)


class UnknownRevisionError(MigrationError):
    """The database is at a revision that these files do not have: it is ahead of them, or of another branch.

    Attributes:
        revision: the database's revision.
    """

    def __init__(self, revision: str) -> None:
        super().__init__(f"the database is at revision {revision}, which is not among these migrations")
        self.revision = revision


class TargetError(MigrationError):
    """There is no way to where the database was to go.

    Attributes:
        target: what was asked for.
    """

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"can't go to {target!r}: {reason}")
        self.target = target


class RevisionFormError(MigrationError):
    """A revision is neither transactional nor one concurrent index statement.

    Attributes:
        revision: its id.
        file: the name of its file.
    """

    def __init__(self, revision: str, file: str, reason: str) -> None:
        super().__init__(f"revision {revision} ({file}) {reason}")
        self.revision, self.file = revision, file


class RevisionFailedError(MigrationError):
    """A revision failed; the database is at the one before.

    Attributes:
        revision: its id.
        file: the name of its file.
        statement: the statement that failed, without the values of its parameters; None if it was not a statement.
        held: who held what it needs, if that is why; it may be empty.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what there is to be said of it
        self, revision: str, file: str, statement: str | None, reason: str, note: str = "", held: str = ""
    ) -> None:
        at = f" at the statement\n{_indented(statement)}\n" if statement else ": "
        who = f" ({held})" if held else ""
        super().__init__(f"revision {revision} ({file}) failed{at}{reason}{note}{who}")
        self.revision, self.file, self.statement, self.held = revision, file, statement, held


class AbandonedError(MigrationError):
    """What an ended run has left on the server does not end, and a revision would wait behind it.

    Attributes:
        process: the number of the server's process that is at it.
    """

    def __init__(self, process: int, index: str, seconds: float) -> None:
        super().__init__(
            f"process {process} of the server, left by a run that has ended, still works on the index {index}"
            f" {seconds:.0f} s after it was told to end: run this again once pg_stat_activity has it no more"
        )
        self.process = process


class LockTakenError(MigrationError):
    """Someone else has been migrating the database for longer than was to be waited.

    Attributes:
        process: the number of the server's process that serves them; None if it can't be told.
    """

    def __init__(self, seconds: float, process: int | None) -> None:
        whom = (
            f" (process {process} of the server; `SELECT pg_terminate_backend({process})` ends it)" if process else ""
        )
        super().__init__(
            f"another program has been migrating this database for {seconds:.0f} s{whom}:"
            " wait for it or end it, then run this again"
        )
        self.process = process


class LockLostError(MigrationError):
    """The connection that keeps other migrators away is gone: one of them may work by now."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the lock on migrating this database was lost ({reason}), so that another program may migrate it now:"
            " this one has stopped; run it again"
        )


class RefusedError(MigrationError):
    """The database refuses what a run does besides revisions."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the database can't be migrated: {said}")


class StoppedError(MigrationError):
    """The run was told to stop, and did: what was under way is undone."""

    def __init__(self, where: str) -> None:
        super().__init__(f"stopped {where}; running it again goes on from there")


def _indented(statement: str | None) -> str:
    return "\n".join(f"    {line}" for line in (statement or "").strip().splitlines())
