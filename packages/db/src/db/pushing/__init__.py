"""Bringing a local database straight to the models, without a revision, and back under migrations afterwards.

What each name needs is loaded when it is first used: `settle` loads neither SQLAlchemy nor Alembic where there is
nothing to settle.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .applying import apply
    from .errors import (
        LockedOutError,
        NotExpressedError,
        NotSettledError,
        PushError,
        RefusedError,
        StatementFailedError,
    )
    from .planning import Plan, plan
    from .settling import Scratch, drop_note, settle, was_pushed

__all__ = [
    "LockedOutError",
    "NotExpressedError",
    "NotSettledError",
    "Plan",
    "PushError",
    "RefusedError",
    "Scratch",
    "StatementFailedError",
    "apply",
    "drop_note",
    "plan",
    "settle",
    "was_pushed",
]

# The lightest first: what is asked for is looked for in turn, and nothing beyond it is loaded.
_MODULES = ("errors", "settling", "planning", "applying")

if not TYPE_CHECKING:  # a checker takes the names from above, and sees a wrong one

    def __getattr__(name: str) -> object:
        for module in _MODULES if name in __all__ else ():
            found = vars(import_module(f"{__name__}.{module}"))
            if name in found:
                return found[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
