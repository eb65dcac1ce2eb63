"""A user whose data is made up, and everything about them that is drawn by lot.

A person's lots depend on their number and on nothing else: whoever else there is, they have the same rows.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, TypeVar
from uuid import UUID, uuid5

T = TypeVar("T")

Row = dict[str, object]
"""A row by its columns, as COPY takes it."""

_NAMESPACE: Final = UUID("5d1a9f0c-6c1b-5b0e-9d0e-0f3f6a7c2e41")
"""Of the ids of sample data: another one would make every row another row."""
_OPENED: Final = datetime(2018, 3, 1, tzinfo=UTC)
"""When the first people came."""
_END: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Nothing has happened after."""
_KEEN: Final = (10, 3)
_COLLECTING: Final = (50, 7)
"""One in so many people, from which on: some have several times what others have, and a few have pages of it."""


class Person:
    """A user, who draws their own lots.

    Attributes:
        user_id: the user's `sub`.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._lots = Random(number)  # noqa: S311  # nothing is secret about it
        self.user_id = user_id(number)
        self._joined = self._between(_OPENED, _END - timedelta(days=180))
        self._times = _times(number)

    def id_of(self, *what: object) -> UUID:
        """Return the id of something of theirs, always the same for the same words and numbers."""
        return uuid5(_NAMESPACE, "/".join(map(str, (self._number, *what))))

    def count(self, least: int, most: int) -> range:
        """Return as many numbers as they have of something, if they are like most people."""
        return range(self._lots.randint(least * self._times, most * self._times))

    def number(self, least: int, most: int) -> int:
        """Return a number, both ends included."""
        return self._lots.randint(least, most)

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return self._lots.choice(values)

    def favorite_of(self, values: Sequence[T]) -> T:
        """Return one of the values, the first ones more often."""
        return values[int(len(values) * self._lots.random() ** 3)]

    def some_of(self, values: Sequence[T], most: int) -> list[T]:
        """Return some of the values, none of them twice."""
        return self._lots.sample(values, self._lots.randint(0, min(most, len(values))))

    def chance(self, part: float) -> bool:
        """Return whether something of that probability, from 0 to 1, is so."""
        return self._lots.random() < part

    def perhaps(self, value: T, part: float) -> T | None:
        """Return the value with that probability, and None otherwise."""
        return value if self.chance(part) else None

    def moment(self) -> datetime:
        """Return a time since they joined."""
        return self._between(self._joined, _END)

    def moment_after(self, moment: datetime) -> datetime:
        """Return that time, or a later one where something was changed."""
        return self._between(moment, _END) if self.chance(0.4) else moment

    def other(self) -> str:
        """Return the `sub` of someone else."""
        return user_id(self._number + self._lots.randint(1, 1000))

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self._lots.randint(0, int((last - first).total_seconds())))


def _times(number: int) -> int:
    every, first = _COLLECTING
    if number % every == first:
        return 25
    every, first = _KEEN
    return 4 if number % every == first else 1


def user_id(number: int) -> str:
    """Return the `sub` of a user."""
    return str(uuid5(_NAMESPACE, f"user/{number}"))
