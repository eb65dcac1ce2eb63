"""Why a database can't be brought to a target, in words for who named it."""

import re
from typing import Final

from alembic.script import ScriptDirectory

_RELATIVE: Final = re.compile(r"([+-])(\d+)")
_LISTS: Final = "`nox -s history` lists them"


def why_not_up(scripts: ScriptDirectory, heads: tuple[str, ...], to: str) -> str:
    """Return why there is no way up from where a database is to a target."""
    match _RELATIVE.fullmatch(to):
        case None:
            return _unnamed(scripts, to) or f"it is not ahead of {_at(heads)}; {_LISTS}"
        case found if found[1] == "-":
            return f"an upgrade goes ahead; `nox -s downgrade -- {to}` goes back"
        case _:
            return f"fewer revisions than that are ahead of {_at(heads)}; {_LISTS}, and `head` is the last"


def why_not_down(scripts: ScriptDirectory, heads: tuple[str, ...], to: str) -> str:
    """Return why there is no way down from where a database is to a target."""
    match _RELATIVE.fullmatch(to):
        case None:
            return _unnamed(scripts, to) or f"it is not behind {_at(heads)}; {_LISTS}"
        case found if found[1] == "+":
            return "a downgrade goes back: give `-1`, a revision or `base`; `nox -s migrate` goes ahead"
        case _:
            behind = len(list(scripts.iterate_revisions(heads, "base"))) if heads else 0
            return f"{behind} can be taken back from {_at(heads)}; {_LISTS}, and `base` is before the first"


def _unnamed(scripts: ScriptDirectory, to: str) -> str | None:
    """Return why a target names no revision; None if it names one."""
    begin = sorted(script.revision for script in scripts.walk_revisions() if script.revision.startswith(to))
    if not begin and to not in {"base", "head", "heads"}:
        return f"there is no such revision; {_LISTS}"
    if len(begin) > 1 and to not in begin:
        return f"{', '.join(begin)} begin with it: give more of the one that is meant"
    return None


def _at(heads: tuple[str, ...]) -> str:
    return f"{', '.join(heads)}, where this database is" if heads else "base, where this database is"
