"""The environment of an engine's process."""

import sys
from pathlib import Path

UTF8_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""A locale of the system that reads UTF-8 and is there without being installed."""


def environment(folder: Path) -> dict[str, str]:
    """Return the environment that every engine gets, which holds nothing of the developer's shell.

    Args:
        folder: what the engine takes for its home.
    """
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": UTF8_LOCALE, "TZ": "UTC"}
