"""Revision files that do not fit together, told by their files: Alembic names ids, or a file's whole path."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from .standing import declared

_Files = Mapping[str, Sequence[str]]
"""The names of the files that have an id, by the id."""
_Befores = Mapping[str, Sequence[str]]
"""The ids that a file follows, by its name."""


def misfit(folder: Path) -> str | None:
    """Return what is wrong with the revision files of a folder, and what to do; None if it is nothing known here."""
    files: dict[str, list[str]] = defaultdict(list)
    befores: dict[str, list[str]] = {}
    for file, revision, follows in declared(folder):
        if revision is None:
            return f"{file} has no `revision = '...'`: a file in versions/ is a revision, or belongs elsewhere"
        files[revision].append(file)
        befores[file] = list(follows)
    return _repeated(files) or _missing(files, befores) or _circle(files, befores)


def _repeated(files: _Files) -> str | None:
    for revision, named in files.items():
        if len(named) > 1:
            return (
                f"{' and '.join(named)} both have the id {revision!r}: delete the one that is a copy,"
                " or give it an id of its own"
            )
    return None


def _missing(files: _Files, befores: _Befores) -> str | None:
    for file, follows in befores.items():
        for before in follows:
            if before not in files:
                return (
                    f"{file} follows {before!r} by its `down_revision`, and no file has that id: get the file that is"
                    " missing, or write the id of the revision that comes before"
                )
    return None


def _circle(files: _Files, befores: _Befores) -> str | None:
    left = {revision: named[0] for revision, named in files.items()}
    while first := [revision for revision, file in left.items() if not set(befores[file]) & left.keys()]:
        for revision in first:
            del left[revision]
    if not left:
        return None
    return (
        f"{' and '.join(sorted(left.values()))}: a circle, each comes after itself by their `down_revision`:"
        " write the id of the revision that comes before"
    )
