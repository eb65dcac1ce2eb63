"""Constraints and indexes of which nothing but the name is another: they are renamed, not made anew.

That is what is left of a table or column that was renamed, as theirs are named after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from db.comparing import Catalog, Thing

from .ranks import Rank
from .statement import Statement, quoted


@dataclass(frozen=True, slots=True)
class Renamed:
    """A constraint or an index by another name.

    Attributes:
        old: what it is.
        new: what it is to be.
    """

    old: Thing
    new: Thing

    @property
    def statement(self) -> Statement:
        """Return what renames it, and back."""
        return Statement(_rename(self.old, self.new), _rename(self.new, self.old), table=self.new.table, rank=Rank.NAME)


def renamed(wanted: Catalog, present: Catalog) -> Iterator[Renamed]:
    """Return what differs in its name only; of several that are the same, the names are paired in their order."""
    left = [thing for thing in _sorted(present) if thing not in wanted]
    for new in _sorted(wanted):
        if new in present:
            continue
        is_it = _identity(new, wanted)
        old = next((thing for thing in left if _identity(thing, present) == is_it), None)
        if old is not None:
            left.remove(old)
            yield Renamed(old, new)


def _sorted(catalog: Catalog) -> list[Thing]:
    found = (thing for thing in catalog if thing.kind in ("constraint", "index"))
    return sorted(found, key=lambda thing: (thing.table, thing.kind, thing.name))


def _identity(thing: Thing, catalog: Catalog) -> tuple[str, str, str]:
    # PostgreSQL prints the name of an index as a part of its definition.
    named = f"INDEX {quoted(thing.name)} ON "
    return thing.kind, thing.table, catalog[thing].replace(named, "INDEX ON ", 1)


def _rename(old: Thing, new: Thing) -> str:
    before, after = quoted(old.name), quoted(new.name)
    if old.kind == "index":
        return f"ALTER INDEX {before} RENAME TO {after}"
    return f"ALTER TABLE {quoted(old.table)} RENAME CONSTRAINT {before} TO {after}"
