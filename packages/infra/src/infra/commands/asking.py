"""Asking the person who runs a command."""

import sys


def ask(question: str) -> str | None:
    """Return what is typed, without spaces around it; None where nobody sits at a terminal, or the input ends."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        return input(question).strip()
    except EOFError:
        return None
