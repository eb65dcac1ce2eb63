"""What a revision's file is called: the date, and what changes."""

import re
from datetime import date
from typing import Final

from .errors import MessageError

_LONGEST: Final = 100
"""Characters of a message: it is the first line of a docstring."""
_SLUG: Final = 60
"""Characters of the message in the name of a file."""


def checked(message: str) -> str:
    """Return the message as a sentence, for a docstring and for `nox -s history`.

    Raises:
        MessageError: it names nothing.
    """
    sentence = " ".join(message.split())
    if not _slug(sentence):
        raise MessageError(message, "names no change")
    if len(sentence) > _LONGEST:
        raise MessageError(message, f"is longer than {_LONGEST} characters")
    sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def file_name(message: str, number: str, part: str, day: date) -> str:
    """Return the name of a revision's file, such as `2026_11_22_create_tables.py`.

    Args:
        message: what changes.
        number: of the parts that it takes, so that they sort in their order; empty if there is one.
        part: what this one does; empty if it is all, or most.
        day: today.
    """
    return "_".join(filter(None, (f"{day:%Y_%m_%d}", _slug(message)[:_SLUG].strip("_"), number, _slug(part)))) + ".py"


def _slug(message: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", message.lower()))
