"""Which of the foundation's exports an update would change under the application's hands."""

from .model import Properties, Written
from .replacement import refers, replaced
from .resolve import resolve


def changed_exports(before: Written, after: Written) -> set[str]:
    """Return the exports that an update of the foundation would change or take away, without the stage's prefix.

    CloudFormation refuses that for each that the application imports, and any function may: "cannot be updated as it is
    in use". A value changes with what it is made of, or with the resource that it is of, when that is made anew.
    """
    anew = frozenset(each.id for each in replaced(before, after) if each.part == "foundation")
    old, new = _written(before), _written(after)
    known, resolved = resolve(before).foundation.exports, resolve(after).foundation.exports
    changed = {
        name
        for name, value in old.items()
        if name not in new or new[name] != value or resolved[name] != known[name] or refers(value, anew)
    }
    return {name.removeprefix(before.config.named("")) for name in changed}


def _written(stage: Written) -> Properties:
    """Return the values of the foundation's exports as they are written, by their names."""
    outputs = stage.bodies["foundation"]["Outputs"].values()
    return {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}
