"""Running the migrations: up to head, back to a revision, and where a database stands.

What each name needs is loaded when it is first used: `is_at_head` must not wait for Alembic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import (
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
    from .standing import MIGRATIONS, is_at_head
    from .stopping import Stop
else:  # a checker takes the names from above, and sees a wrong one
    _MODULES = {
        "errors": (
            "LockLostError",
            "LockTakenError",
            "MigrationError",
            "RefusedError",
            "RevisionFailedError",
            "RevisionFilesError",
            "RevisionFormError",
            "StoppedError",
            "TargetError",
            "TwoHeadsError",
            "UnknownRevisionError",
        ),
        "listing": ("Listed", "history"),
        "migrator": ("Downgraded", "Upgraded", "downgrade", "upgrade"),
        "pacing": ("Limits",),
        "standing": ("MIGRATIONS", "is_at_head"),
        "stopping": ("Stop",),
    }

    def __getattr__(name: str) -> object:
        for module, names in _MODULES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "MIGRATIONS",
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
    "downgrade",
    "history",
    "is_at_head",
    "upgrade",
]
