"""The templates of stages as `synth` has written them, read back: for the picture and the costs of them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.names import Part, stack_name

from .errors import InfraError

STAGES: Final = ("dev", "staging", "production")
"""The stages that are told of: personal ones are like dev."""

Properties = Mapping[str, Any]
"""A resource's properties: JSON, whose form is each type's own."""


class NoAssemblyError(InfraError):
    """A stage has not been synthesized.

    Attributes:
        stage: its name.
    """

    def __init__(self, stage: str, folder: Path) -> None:
        super().__init__(f"{folder} holds no stage {stage!r}: `nox -s synth -- {stage}` writes it")
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Stacks:
    """The templates of a stage, as JSON.

    Attributes:
        foundation: of the stack that keeps state.
        application: of the stack that a release replaces.
    """

    foundation: Mapping[str, Any]
    application: Mapping[str, Any]

    def of_type(self, type_: str) -> list[Properties]:
        """Return the properties of every resource of a type."""
        return [properties for _, properties in self.resources(type_)]

    def resources(self, type_: str) -> Iterator[tuple[str, Properties]]:
        """Return every resource of a type: its logical id and its properties."""
        for template in (self.foundation, self.application):
            for id_, resource in template["Resources"].items():
                if resource["Type"] == type_:
                    yield id_, resource.get("Properties", {})


def read(assemblies: Path, stage: str) -> Stacks:
    """Return the templates of a stage.

    Args:
        assemblies: where `synth` writes, `cdk.out`.
        stage: the stage.

    Raises:
        NoAssemblyError: it is not there.
    """
    return Stacks(_template(assemblies, stage, "foundation"), _template(assemblies, stage, "application"))


def _template(assemblies: Path, stage: str, part: Part) -> Mapping[str, Any]:
    folder = assemblies / stage
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise NoAssemblyError(stage, assemblies) from error
    for artifact in manifest["artifacts"].values():
        properties = artifact.get("properties", {})
        if properties.get("stackName") == stack_name(stage, part):
            return json.loads((folder / properties["templateFile"]).read_text("utf-8"))
    raise NoAssemblyError(stage, assemblies)
