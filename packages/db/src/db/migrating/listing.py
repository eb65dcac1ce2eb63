"""Where a database stands: each revision, and whether it is applied. Nothing is migrated by looking."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from core import Postgres

from .heads import check_one_head
from .scripts import check_known, file_of, read_scripts, settings
from .standing import MIGRATIONS, database_heads

_GENERATED = re.compile(r"generated on (\d{4}-\d{2}-\d{2})")
"""How script.py.mako says it in the docstring of a revision."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A revision, and where the database stands to it.

    Attributes:
        revision: its id.
        file: the name of its file.
        date: when it was generated, as its file says; None if it does not.
        message: what it is about.
        applied: whether the database has it.
        current: whether the database is at it.
    """

    revision: str
    file: str
    date: dt.date | None
    message: str
    applied: bool
    current: bool


def history(link: Postgres, *, folder: Path = MIGRATIONS) -> tuple[Listed, ...]:
    """Return the revisions, the first one first.

    Raises:
        RevisionFilesError: the revisions can't be read; `TwoHeadsError` if there are two heads.
        UnknownRevisionError: the database is at a revision that these are not.
        ConnectionFailedError: the database does not answer in time.
    """
    scripts = read_scripts(settings(folder))
    check_one_head(scripts, lambda: database_heads(link))
    heads = database_heads(link)
    check_known(scripts, tuple(heads))
    applied = {script.revision for script in scripts.iterate_revisions(tuple(heads), "base")} if heads else set[str]()
    return tuple(
        Listed(
            revision=script.revision,
            file=file_of(script),
            date=_date(script.longdoc),
            message=script.doc,
            applied=script.revision in applied,
            current=script.revision in heads,
        )
        for script in reversed(list(scripts.walk_revisions()))
    )


def _date(text: str) -> dt.date | None:
    found = _GENERATED.search(text)
    return dt.date.fromisoformat(found[1]) if found else None
