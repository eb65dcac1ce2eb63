"""What Alembic's comparison does not see, from the catalogs: their definitions are what is written.

Alembic 1.20 compares no check constraint (a plugin of it does, by their names), no trigger and no function, and of a
foreign key not its name. The predicates of indexes, which it does not compare either, are in `indexes`.
"""

from collections.abc import Collection, Iterator

from db.comparing import Catalog, Thing

from .ranks import Rank
from .statement import Statement, quoted


def unseen(wanted: Catalog, present: Catalog, seen: Collection[tuple[str, str]]) -> Iterator[Statement]:
    """Return the statements that bring constraints, triggers and functions from one schema to another.

    Args:
        wanted: what there should be.
        present: what there is.
        seen: what has an operation already: the table and the name of each constraint.
    """
    for thing in sorted({*wanted, *present}, key=lambda thing: (thing.table, thing.name)):
        new, old = wanted.get(thing), present.get(thing)
        if new == old or (thing.table, thing.name) in seen:
            continue
        both = (Thing("table", thing.table) in catalog for catalog in (wanted, present))
        if thing.kind == "function":
            yield _function(thing, new, old)
        elif thing.kind == "trigger" or (thing.kind == "constraint" and all(both)):
            yield from _replaced(thing, new, old)


def _function(thing: Thing, new: str | None, old: str | None) -> Statement:
    drop = f"DROP FUNCTION {thing.name}"
    # One that goes may be used by what goes before it.
    return Statement(new or drop, old or drop, rank=Rank.FUNCTION if new else Rank.FUNCTION_GONE)


def _replaced(thing: Thing, new: str | None, old: str | None) -> Iterator[Statement]:
    gone, made = _ranks(thing, new or old or "")
    drop = _drop(thing)
    if old:
        yield Statement(drop, _create(thing, old), table=thing.table, drops=True, rank=gone)
    if new:
        later = new.startswith(("CHECK", "FOREIGN KEY"))
        validates = thing.name if thing.kind == "constraint" and later else None
        yield Statement(_create(thing, new), drop, table=thing.table, rank=made, validates=validates)


def _ranks(thing: Thing, definition: str) -> tuple[Rank, Rank]:
    if thing.kind == "trigger":
        return Rank.TRIGGER_GONE, Rank.TRIGGER
    if definition.startswith("FOREIGN KEY"):
        return Rank.FOREIGN_KEY_GONE, Rank.FOREIGN_KEY
    return Rank.GONE, Rank.CONSTRAINT


def _create(thing: Thing, definition: str) -> str:
    if thing.kind == "trigger":
        return definition.replace(" FOR EACH ", "\nFOR EACH ", 1)  # to be read
    return f"ALTER TABLE {quoted(thing.table)} ADD CONSTRAINT {quoted(thing.name)} {definition}"


def _drop(thing: Thing) -> str:
    if thing.kind == "trigger":
        return f"DROP TRIGGER {quoted(thing.name)} ON {quoted(thing.table)}"
    return f"ALTER TABLE {quoted(thing.table)} DROP CONSTRAINT {quoted(thing.name)}"
