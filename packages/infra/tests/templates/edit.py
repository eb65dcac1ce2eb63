"""Changing templates as they are written, for mistakes made on purpose."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from core.names import Part

from .model import PARTS, Json, Written


class Edit:
    """Both templates of a stage, to be changed.

    Attributes:
        bodies: the templates; a change here is a change of the stage.
        tags: the tags of the stacks.
        protected: whether each stack has termination protection.
    """

    def __init__(self, written: Written) -> None:
        self._written = written
        self.bodies: dict[Part, dict[str, Json]] = {part: copy.deepcopy(dict(written.bodies[part])) for part in PARTS}
        self.tags: dict[Part, dict[str, str]] = {part: dict(written.tags[part]) for part in PARTS}
        self.protected: dict[Part, bool] = dict(written.protected)

    def done(self) -> Written:
        """Return the stage as it now is.

        Raises:
            ValueError: nothing was changed: a mistake that is none proves nothing.
        """
        texts: dict[Part, str] = {part: json.dumps(self.bodies[part]) for part in PARTS}
        edited = replace(self._written, bodies=self.bodies, texts=texts, tags=self.tags, protected=self.protected)
        if _said(edited) == _said(self._written):
            raise ValueError("nothing was changed")
        return edited

    def all(self, type_: str, having: str = "") -> dict[str, Json]:
        """Return the resources of a type, by their ids; those whose JSON has a text in it."""
        return {
            id_: body
            for part in PARTS
            for id_, body in self.bodies[part]["Resources"].items()
            if body["Type"] == type_ and (having in id_ or having in json.dumps(body))
        }

    def one(self, type_: str, having: str = "") -> Json:
        """Return the properties of the resource of a type; the first that has a text in it.

        Raises:
            LookupError: there is none.
        """
        for body in self.all(type_, having).values():
            return body["Properties"]
        raise LookupError(f"no {type_} has {having!r} in it")

    def body(self, type_: str, having: str = "") -> Json:
        """Return a resource as a whole, with its policies and dependencies.

        Raises:
            LookupError: there is none.
        """
        for body in self.all(type_, having).values():
            return body
        raise LookupError(f"no {type_} has {having!r} in it")

    def remove(self, type_: str, having: str = "") -> None:
        """Take a resource away.

        Raises:
            LookupError: there is none.
        """
        id_ = next(iter(self.all(type_, having)), None)
        if id_ is None:
            raise LookupError(f"no {type_} has {having!r} in it")
        for part in PARTS:
            self.bodies[part]["Resources"].pop(id_, None)

    def add(self, part: Part, id_: str, type_: str, **properties: Json) -> None:
        """Add a resource."""
        self.bodies[part]["Resources"][id_] = {"Type": type_, "Properties": properties}

    def ref(self, type_: str, having: str = "") -> Json:
        """Return a reference to a resource.

        Raises:
            LookupError: there is none.
        """
        for id_ in self.all(type_, having):
            return {"Ref": id_}
        raise LookupError(f"no {type_} has {having!r} in it")

    def group(self, party: str) -> Json:
        """Return a reference to the security group of a part."""
        return {"Fn::GetAtt": [self.ref("AWS::EC2::SecurityGroup", f"-{party}")["Ref"], "GroupId"]}


def _said(written: Written) -> Json:
    return [dict(given) for given in (written.bodies, written.tags, written.protected)]


Mistake: TypeAlias = Callable[[Edit], None]
