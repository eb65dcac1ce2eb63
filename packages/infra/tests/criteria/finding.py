"""What a check is: a function over the templates of a stage that says what is wrong."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from templates.errors import UnreadableError
from templates.model import Json, Templates

Findings: TypeAlias = Iterator[str]
Check: TypeAlias = Callable[[Templates], Findings]


UNJUDGED: Final = "it can't be judged: "
"""What a finding begins with that is no verdict: a property was not where the check looks for it."""


def findings(check: Check, templates: Templates) -> list[str]:
    """Return what a check finds.

    A template that can't be read is a finding too: what is of an unknown form is no proof of anything.
    """
    found: list[str] = []
    try:
        for finding in check(templates):
            found.append(finding)  # noqa: PERF402  # what was found before an error counts
    except UnreadableError as error:
        found.append(str(error))
    except (LookupError, TypeError, ValueError) as error:
        found.append(f"{UNJUDGED}{type(error).__name__}: {error}")
    return found


def differs(what: str, found: Json, expected: Json) -> Findings:
    """Report a value that is not the one that is expected."""
    if found != expected:
        yield f"{what} is {found!r}, and should be {expected!r}"
