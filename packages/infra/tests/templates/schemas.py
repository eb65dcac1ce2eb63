"""CloudFormation's own schemas of resources, which cfn-lint's wheel carries: what is replaced, what carries tags."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from .model import Properties

_SCHEMAS: Final = files("cfnlint") / "data" / "schemas"
_PROPERTIES: Final = "/properties/"


def _is_custom(type_: str) -> bool:
    return type_.startswith("Custom::")


@cache
def _index(region: str) -> dict[str, str]:
    return json.loads((_SCHEMAS / "providers" / f"{region}.json").read_text())


@cache
def schema(type_: str, region: str = "us-east-1") -> Properties:
    """Return the schema of a resource type.

    Raises:
        KeyError: the region has no such type.
    """
    name = "AWS::CloudFormation::CustomResource" if _is_custom(type_) else type_
    return json.loads((_SCHEMAS / "resources" / f"{_index(region)[name]}.json").read_text())


def create_only(type_: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the properties of a type whose change makes a new resource in place of the old one."""
    # A custom resource is told to its provider, which answers with the physical id: only its token replaces it.
    return _paths(schema(type_).get("createOnlyProperties", []))


def sometimes_create_only(type_: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the properties whose change makes a new resource in some cases."""
    return _paths(schema(type_).get("conditionalCreateOnlyProperties", []))


def _paths(given: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.removeprefix(_PROPERTIES).split("/")) for path in given)


def tag_property(type_: str) -> str | None:
    """Return the property that holds the tags of a type; None if it carries none."""
    given = schema(type_)
    tagging: Properties = given.get("tagging", {})
    if tagging.get("taggable") is False:
        return None
    path: str = tagging.get("tagProperty", "/properties/Tags")
    name = path.removeprefix(_PROPERTIES)
    return name if name in given["properties"] else None


def stack_tags_reach(type_: str) -> bool:
    """Tell whether CloudFormation puts the tags of the stack on resources of a type by itself.

    Where the schema says that its own tags can't be put on, the stack's are not counted on either.
    """
    tagging: Properties = schema(type_).get("tagging", {})
    return tagging.get("cloudFormationSystemTags", True) is not False
