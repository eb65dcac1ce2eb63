"""Where the commands write."""

import sys
from collections.abc import Callable

Say = Callable[[str], None]
"""Takes a line for the person who runs the command."""


def say(line: str) -> None:
    """Write a line, at once: what follows it may take long, or be another program's."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
