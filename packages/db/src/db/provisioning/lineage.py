"""What a database knows of the revisions that led to where it is, so that older code can tell ahead from elsewhere.

Alembic's table holds the database's revision and no more. Code that does not know that revision, as after a rollback,
could not tell a database that is ahead of it, which it must accept, from one of another branch. So whoever brings a
database to head notes in it which revisions that took: a comment on the column of the version.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from db.migrating.talking import answering, opened

if TYPE_CHECKING:
    from core import Postgres

NOTED: Final = 1000
"""Revisions that are noted, the newest: a statement of more than 16 KB would pin a proxy's connection."""

_READ: Final = """\
SELECT v.version_num, col_description('public.alembic_version'::regclass, a.attnum)
FROM public.alembic_version AS v, pg_attribute AS a
WHERE a.attrelid = 'public.alembic_version'::regclass AND a.attname = 'version_num'"""
_INTRODUCTION: Final = "revisions up to this one, the newest first: "


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a database is, and how it came there.

    Attributes:
        revisions: its revision, and those before it; the newest first. Empty where none of that is noted.
    """

    revisions: tuple[str, ...]

    def __contains__(self, revision: str) -> bool:
        return revision in self.revisions


def note_lineage(link: "Postgres", revisions: tuple[str, ...]) -> None:
    """Note in a database that is at the first of these revisions which ones led there; nothing if it is elsewhere.

    Raises:
        ConnectionFailedError: the database does not answer in time.
        RefusedError: it refuses.
    """
    text = _INTRODUCTION + " ".join(revisions[:NOTED])
    # Whoever brings the database elsewhere meanwhile makes this a note of another revision, which is not believed.
    with opened(link) as connection, answering():
        row = connection.execute(_READ.encode()).fetchone()
        if row is not None and row[0] == revisions[0] and row[1] != text:
            connection.execute(f"COMMENT ON COLUMN public.alembic_version.version_num IS '{text}'".encode())


def read_lineage(link: "Postgres") -> Lineage:
    """Return what is noted of the revision that a database is at.

    Raises:
        ConnectionFailedError: the database does not answer in time.
        RefusedError: it refuses.
    """
    with opened(link) as connection, answering():
        row = connection.execute(_READ.encode()).fetchone()
    noted = str(row[1] or "").removeprefix(_INTRODUCTION).split() if row is not None else []
    # A note of another revision is from before: something else has brought the database to where it is.
    return Lineage(tuple(noted) if row is not None and noted[:1] == [row[0]] else ())
