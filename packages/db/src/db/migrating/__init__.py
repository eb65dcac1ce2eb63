"""Running the migrations: up to head, back to a revision, and where a database stands.

What each name needs is loaded when it is first used: `is_at_head` must not wait for Alembic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import (
        AbandonedError,
        LockLostError,
        LockTakenError,
        MigrationError,
        RefusedError,
        RevisionFailedError,
        RevisionFilesError,
        RevisionFormError,
        StoppedError,
        TargetError,
        TwoHeadsError,
        UnknownRevisionError,
    )
    from .listing import Listed, history
    from .migrator import Downgraded, Upgraded, downgrade, upgrade
    from .pacing import Limits
    from .standing import MIGRATIONS, database_heads, is_at_head
    from .stopping import Stop

__all__ = [
    "MIGRATIONS",
    "AbandonedError",
    "Downgraded",
    "Limits",
    "Listed",
    "LockLostError",
    "LockTakenError",
    "MigrationError",
    "RefusedError",
    "RevisionFailedError",
    "RevisionFilesError",
    "RevisionFormError",
    "Stop",
    "StoppedError",
    "TargetError",
    "TwoHeadsError",
    "UnknownRevisionError",
    "Upgraded",
    "database_heads",
    "downgrade",
    "history",
    "is_at_head",
    "upgrade",
]

# The lightest first: what is asked for is looked for in turn, and nothing beyond it is loaded.
_MODULES = ("errors", "pacing", "stopping", "standing", "listing", "migrator")

if not TYPE_CHECKING:  # a checker takes the names from above, and sees a wrong one

    def __getattr__(name: str) -> object:
        for module in _MODULES if name in __all__ else ():
            found = vars(import_module(f"{__name__}.{module}"))
            if name in found:
                return found[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
