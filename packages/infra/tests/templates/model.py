"""What a synthesized stage says: its two templates, as they are written and as CloudFormation reads them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

from core.names import Part
from infra.stage import StageConfig

Json: TypeAlias = Any
"""A value of a template: JSON, whose exact form the resource's schema says and no type can."""
Properties: TypeAlias = Mapping[str, Json]


def is_list(value: Json) -> TypeGuard[list[Json]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    """Tell whether a value is an object."""
    return isinstance(value, dict)


PARTS: tuple[Part, ...] = ("foundation", "application")


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A resource of a template, resolved.

    Attributes:
        part: the stack it is in.
        id: its logical id.
        type: its CloudFormation type.
        ref: what `Ref` of it gives: its name, id or ARN.
        properties: its properties, with every intrinsic function in them resolved.
        attribute: returns what `Fn::GetAtt` gives of it, by the attribute's name.
        body: everything else that is said of it (DependsOn, DeletionPolicy, Metadata and so on), as it is written.
    """

    part: Part
    id: str
    type: str
    ref: str
    properties: Properties
    attribute: Callable[[str], Json]
    body: Properties

    def __str__(self) -> str:
        return f"{self.id} ({self.type})"

    def __getitem__(self, name: str) -> Json:
        return self.properties[name]

    def get(self, name: str, default: Json = None) -> Json:
        """Return a property, or the default where it is not given."""
        return self.properties.get(name, default)


@dataclass(frozen=True, slots=True)
class Template:
    """One template, resolved.

    Attributes:
        part: which stack of the stage it is of.
        name: the stack's name.
        resources: its resources by their logical ids; without those whose condition does not hold.
        outputs: the values of its outputs.
        exports: the values of its exports, by their names.
    """

    part: Part
    name: str
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Json]
    exports: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Written:
    """A stage as it was synthesized: the assembly's files, read.

    Attributes:
        config: what it was made from.
        bodies: the two templates as they are deployed.
        texts: the same, to the byte.
        tags: the tags of the two stacks, which CloudFormation puts on everything that can carry tags.
        protected: whether each stack has termination protection.
        manifests: the two stacks' entries in the assembly's manifest, whole.
    """

    config: StageConfig
    bodies: Mapping[Part, Properties]
    texts: Mapping[Part, str]
    tags: Mapping[Part, Mapping[str, str]]
    protected: Mapping[Part, bool]
    manifests: Mapping[Part, Properties]


@dataclass(frozen=True, slots=True)
class Templates:
    """Both templates of a stage, resolved: what the checks read.

    Attributes:
        written: what they were read from.
        foundation: the foundation's.
        application: the application's.
    """

    written: Written
    foundation: Template
    application: Template

    @property
    def config(self) -> StageConfig:
        """What the stage was made from."""
        return self.written.config

    def all(self) -> Iterator[Resource]:
        """Return the resources of both templates."""
        yield from self.foundation.resources.values()
        yield from self.application.resources.values()

    def of(self, type_: str) -> list[Resource]:
        """Return the resources of a type."""
        return [resource for resource in self.all() if resource.type == type_]

    def only(self, type_: str) -> Resource:
        """Return the one resource of a type.

        Raises:
            LookupError: there is none, or more than one: which one is meant can't be told.
        """
        found = self.of(type_)
        if len(found) != 1:
            raise LookupError(f"one {type_} was expected, and there are {len(found)}: {', '.join(map(str, found))}")
        return found[0]

    def by_ref(self, ref: str, type_: str) -> Resource:
        """Return the resource of a type that has a physical id.

        Raises:
            LookupError: no resource of the type has it.
        """
        for resource in self.of(type_):
            if resource.ref == ref:
                return resource
        raise LookupError(f"no {type_} has the id {ref}")


def read(assembly: Path, config: StageConfig) -> Written:
    """Return the stage that a cloud assembly holds."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    stacks: dict[Part, Properties] = {}
    for artifact in artifacts.values():
        if artifact["type"] == "aws:cloudformation:stack":
            part: Part = "foundation" if artifact["properties"]["stackName"].endswith("-foundation") else "application"
            stacks[part] = artifact
    properties = {part: stacks[part]["properties"] for part in PARTS}
    texts: dict[Part, str] = {part: (assembly / properties[part]["templateFile"]).read_text() for part in PARTS}
    return Written(
        config=config,
        bodies={part: json.loads(texts[part]) for part in PARTS},
        texts=texts,
        tags={part: properties[part].get("tags", {}) for part in PARTS},
        protected={part: bool(properties[part].get("terminationProtection")) for part in PARTS},
        manifests=stacks,
    )
