"""How two schemas differ."""

from dataclasses import dataclass
from typing import Final

from .catalog import Catalog, Thing
from .queries import QUERIES

_KINDS: Final = tuple(QUERIES)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same in two schemas.

    Attributes:
        thing: what it is.
        first: its definition in the first; None if it isn't there.
        second: its definition in the second; likewise.
    """

    thing: Thing
    first: str | None
    second: str | None

    def line(self, first: str, second: str) -> str:
        """Return what differs in one line, with names for the two schemas: `the models`, `the migrations`."""
        match self.first, self.second:
            case str(), None:
                return f"{self.thing} is in {first} only{_defined(self.first)}"
            case None, str():
                return f"{self.thing} is in {second} only{_defined(self.second)}"
            case _:
                return f"{self.thing} differs: {first} say {_one_line(self.first)}, {second} {_one_line(self.second)}"


def differences(first: Catalog, second: Catalog) -> tuple[Difference, ...]:
    """Return where two schemas differ, sorted. What belongs to a table or column that only one has is not told."""
    found = [
        Difference(thing, first.get(thing), second.get(thing))
        for thing in {*first, *second}
        if first.get(thing) != second.get(thing)
    ]
    alone = {difference.thing for difference in found if None in (difference.first, difference.second)}
    told = [difference for difference in found if alone.isdisjoint(_owners(difference.thing))]
    return tuple(sorted(told, key=lambda d: (d.thing.table, _KINDS.index(d.thing.kind), d.thing.name)))


def _owners(thing: Thing) -> set[Thing]:
    owners = {Thing("table", thing.table)}
    return owners | {Thing("column", thing.name, thing.table)} if thing.kind == "default" else owners


def _defined(definition: str | None) -> str:
    return f": {_one_line(definition)}" if definition else ""


def _one_line(definition: str | None) -> str:
    return " ".join((definition or "nothing").split())
