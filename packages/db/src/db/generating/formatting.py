"""Formatting revisions as the rest of the sources, where the formatter is installed."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_LINE_LENGTH: Final = 120
_SECONDS: Final = 30.0
"""How long the formatter may take."""


def formatted(files: Sequence[Path]) -> bool:
    """Format files of ours; return whether that could be done."""
    if find_spec("ruff") is None:
        return False
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", f"--line-length={_LINE_LENGTH}", *files]
    return subprocess.run(command, check=False, timeout=_SECONDS).returncode == 0
