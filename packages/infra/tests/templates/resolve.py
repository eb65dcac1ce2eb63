"""Reads templates as CloudFormation does: intrinsic functions, pseudo-parameters, conditions, imports.

What only a deployment would know (ids, endpoints) gets a stand-in of the form that the service gives it, the same in
each run: see `standins`. Dynamic references (`{{resolve:...}}`) stay as they are: their value never is in a template.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from core.names import Part, stack_name

from .errors import UnreadableError
from .model import Json, Properties, Resource, Template, Templates, Written, is_list, is_object
from .standins import Account, Thing, attribute_of, ref_of

_NO_VALUE: Final = object()
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class ResolveError(UnreadableError):
    """CloudFormation would refuse the template, or it uses something that this reader does not know."""


def resolve(written: Written) -> Templates:
    """Return both templates of a stage as CloudFormation would read them; the application imports from the foundation.

    Raises:
        ResolveError: an intrinsic function can't be resolved; it names the stack and the reason.
    """
    config = written.config
    account = Account(config.account or "111122223333", config.region)
    foundation = _Stack("foundation", written, account, {}).template()
    application = _Stack("application", written, account, foundation.exports).template()
    return Templates(written, foundation, application)


class _Stack:
    """One stack: resolves each resource once, whichever other asks for it first."""

    def __init__(self, part: Part, written: Written, account: Account, imports: Mapping[str, Json]) -> None:
        self._part: Part = part
        self._name = stack_name(written.config.name, part)
        self._body = written.bodies[part]
        self._account = account
        self._imports = imports
        self._things: dict[str, Thing] = {}
        self._resolving: list[str] = []
        self._functions: dict[str, Callable[[Json], Json]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::GetAZs": self._zones,
            "Fn::ImportValue": self._import,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Base64": self.value,  # what is encoded is of interest, not how
            "Fn::If": self._if,
            "Fn::Equals": lambda of: self.value(of[0]) == self.value(of[1]),
            "Fn::Not": lambda of: not self.value(of[0]),
            "Fn::And": lambda of: all(self.value(each) for each in of),
            "Fn::Or": lambda of: any(self.value(each) for each in of),
        }

    def template(self) -> Template:
        """Return the stack's template, resolved."""
        resources = {id_: self._resource(id_, body) for id_, body in self._body["Resources"].items() if self._is(body)}
        given = {name: body for name, body in self._body.get("Outputs", {}).items() if self._is(body)}
        outputs = {name: self.value(body["Value"]) for name, body in given.items()}
        exports: dict[str, Json] = {}
        for name, body in given.items():
            if "Export" in body:
                export = self.value(body["Export"]["Name"])
                if export in exports:
                    raise ResolveError(f"{self._name}: the export {export} is given twice")
                exports[export] = outputs[name]
        return Template(self._part, self._name, resources, outputs, exports)

    def _is(self, body: Properties) -> bool:
        return "Condition" not in body or bool(self._condition(body["Condition"]))

    def _resource(self, id_: str, body: Properties) -> Resource:
        thing = self._thing(id_)
        depends: list[str] = (
            [body["DependsOn"]] if isinstance(body.get("DependsOn"), str) else body.get("DependsOn", [])
        )
        for other in depends:
            if other not in self._body["Resources"]:
                raise ResolveError(f"{self._name}: {id_} depends on {other}, which is not there")
        rest = {name: value for name, value in body.items() if name not in ("Type", "Properties")}
        attribute = partial(attribute_of, thing, account=self._account)
        return Resource(self._part, id_, thing.type, self._ref_of(thing), thing.properties, attribute, rest)

    def _ref_of(self, thing: Thing) -> str:
        try:
            return ref_of(thing, self._account)
        except LookupError as error:
            raise ResolveError(f"{self._name}: {error}") from None

    def _thing(self, id_: str) -> Thing:
        if id_ not in self._things:
            if id_ in self._resolving:
                raise ResolveError(f"{self._name}: a circle of references: {' -> '.join([*self._resolving, id_])}")
            body = self._body["Resources"].get(id_)
            if body is None:
                raise ResolveError(f"{self._name}: there is no resource {id_}")
            self._resolving.append(id_)
            properties = self.value(body.get("Properties", {}))
            self._resolving.pop()
            self._things[id_] = Thing(self._name, id_, body["Type"], properties)
        return self._things[id_]

    def value(self, node: Json) -> Json:
        """Return a value with everything in it resolved.

        Raises:
            ResolveError: something in it can't be.
        """
        if is_list(node):
            return [each for each in map(self.value, node) if each is not _NO_VALUE]
        if not is_object(node):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise ResolveError(f"{self._name}: {name} is not known to this reader")
        pairs = {name: self.value(each) for name, each in node.items()}
        return {name: each for name, each in pairs.items() if each is not _NO_VALUE}

    def _ref(self, name: str) -> Json:
        pseudo = {
            "AWS::AccountId": self._account.id,
            "AWS::Region": self._account.region,
            "AWS::Partition": self._account.partition,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self._name,
            "AWS::StackId": self._account.arn(
                "cloudformation", f"stack/{self._name}/5a1e0000-0000-4000-8000-000000000000"
            ),
            "AWS::NoValue": _NO_VALUE,
        }
        if name in pseudo:
            return pseudo[name]
        parameter = self._body.get("Parameters", {}).get(name)
        if parameter is None:
            return self._ref_of(self._thing(name))
        if "Default" not in parameter:
            raise ResolveError(f"{self._name}: the parameter {name} has no default, and a stage gives none")
        return parameter["Default"]

    def _get_att(self, argument: Json) -> Json:
        id_, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        try:
            return attribute_of(self._thing(id_), attribute, self._account)
        except LookupError as error:
            raise ResolveError(f"{self._name}: {error}") from None

    def _sub(self, argument: Json) -> str:
        text: str = argument if isinstance(argument, str) else argument[0]
        own: Properties = {} if isinstance(argument, str) else argument[1]

        def put(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return str(self.value(own[name]))
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _PLACEHOLDER.sub(put, text)

    def _join(self, argument: Json) -> str:
        separator, parts = argument
        resolved = self.value(parts)
        if not is_list(resolved):
            raise ResolveError(f"{self._name}: Fn::Join of something that is no list: {resolved}")
        return str(separator).join(map(str, resolved))

    def _select(self, argument: Json) -> Json:
        index, of = int(self.value(argument[0])), self.value(argument[1])
        if not 0 <= index < len(of):
            raise ResolveError(f"{self._name}: Fn::Select of item {index} of {len(of)}")
        return of[index]

    def _split(self, argument: Json) -> list[str]:
        return str(self.value(argument[1])).split(argument[0])

    def _zones(self, argument: Json) -> list[str]:
        region = self.value(argument) or self._account.region
        return [region + letter for letter in "abc"]

    def _import(self, argument: Json) -> Json:
        name = self.value(argument)
        if name not in self._imports:
            raise ResolveError(f"{self._name}: nothing exports {name}")
        return self._imports[name]

    def _find_in_map(self, argument: Json) -> Json:
        name, *keys = (self.value(each) for each in argument)
        found = self._body.get("Mappings", {}).get(name)
        for key in keys:
            if found is None or key not in found:
                raise ResolveError(f"{self._name}: the mapping {name} has no {keys}")
            found = found[key]
        return found

    def _if(self, argument: Json) -> Json:
        condition, then, otherwise = argument
        return self.value(then if self._condition(condition) else otherwise)

    def _condition(self, name: str) -> bool:
        conditions = self._body.get("Conditions", {})
        if name not in conditions:
            raise ResolveError(f"{self._name}: there is no condition {name}")
        return bool(self.value(conditions[name]))
