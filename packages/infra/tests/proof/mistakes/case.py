"""A mistake, and the check that has to see it."""

from dataclasses import dataclass

from criteria.finding import Check
from templates.edit import Mistake


@dataclass(frozen=True, slots=True)
class Case:
    """A mistake.

    Attributes:
        name: what is wrong.
        make: makes it.
        check: the check that has to find it.
        variant: the stage that it is made in.
    """

    name: str
    make: Mistake
    check: Check
    variant: str = "production"
