"""What an update would put something new in place of, by the resources' schemas: the way to lose data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from core.names import Part

from .model import PARTS, Json, Properties, Written, is_list, is_object
from .schemas import create_only, sometimes_create_only

HOLDS_DATA: Final = frozenset(
    {
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
    }
)

_DECIDED: Final[Mapping[tuple[str, str], bool]] = {
    # The RDS provider replaces an instance for these only when it restores from something, or comes from a replica.
    ("AWS::RDS::DBInstance", "AutoMinorVersionUpgrade"): False,
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"): False,
    ("AWS::RDS::DBInstance", "DBParameterGroupName"): False,
    ("AWS::RDS::DBInstance", "MultiAZ"): False,
    ("AWS::RDS::DBInstance", "PreferredMaintenanceWindow"): False,
}
"""By type and property that replaces in some cases: whether it does in ours."""


@dataclass(frozen=True, slots=True, order=True)
class Replaced:
    """A resource that an update would make anew, or take away.

    Attributes:
        part: the stack.
        type: its type.
        id: its logical id.
        why: the property, or `gone`.
    """

    part: Part
    type: str
    id: str
    why: str

    @property
    def holds_data(self) -> bool:
        """Whether data would be lost with it."""
        return self.type in HOLDS_DATA


def replaced(before: Written, after: Written) -> Iterator[Replaced]:
    """Return what an update of a stage would put something new in place of, or take away.

    A reference to a resource that is made anew counts as changed: its id will be another.
    """
    for part in PARTS:
        old, new = before.bodies[part]["Resources"], after.bodies[part]["Resources"]
        anew: dict[str, Replaced] = {}
        while True:
            found = {each.id: each for each in _anew(part, old, new, frozenset(anew))}
            if found.keys() == anew.keys():
                break
            anew = found
        yield from sorted(anew.values())
        yield from (Replaced(part, old[id_]["Type"], id_, "gone") for id_ in old if id_ not in new)


def _anew(part: Part, old: Properties, new: Properties, known: frozenset[str]) -> Iterator[Replaced]:
    for id_, body in new.items():
        if id_ not in old:
            continue
        if body["Type"] != old[id_]["Type"]:
            yield Replaced(part, body["Type"], id_, "Type")
            continue
        for path in _replacing(body["Type"]):
            then, now = _at(old[id_].get("Properties", {}), path), _at(body.get("Properties", {}), path)
            if then != now or refers(now, known):
                yield Replaced(part, body["Type"], id_, "/".join(path))
                break


def _replacing(type_: str) -> Iterator[tuple[str, ...]]:
    yield from create_only(type_)
    for path in sometimes_create_only(type_):
        if _DECIDED.get((type_, path[0]), True):
            yield path


def _at(given: Json, path: tuple[str, ...]) -> Json:
    """Return the value at a path; of a list, that of each item."""
    if not path:
        return given
    if is_list(given):
        return [_at(each, path[1:] if path[0] == "*" else path) for each in given]
    return _at(given.get(path[0]), path[1:]) if is_object(given) else None


def refers(value: Json, ids: frozenset[str]) -> bool:
    """Tell whether a value refers to one of some resources."""
    text = json.dumps(value)
    return any(f'"Ref": "{id_}"' in text or f'"Fn::GetAtt": ["{id_}"' in text for id_ in ids)
