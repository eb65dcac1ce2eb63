"""What the provision function is called with: by CloudFormation through `custom_resources.Provider`, or by hand."""

import re
from dataclasses import dataclass
from typing import Final, cast

from db.provisioning import FunctionRole

from .errors import UnknownEventError


@dataclass(frozen=True, slots=True)
class Deploy:
    """Bring everything to what this code needs.

    Attributes:
        functions: what each function needs of OpenSearch.
    """

    functions: tuple[FunctionRole, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """The custom resource is removed.

    Attributes:
        physical_id: by what CloudFormation knows it.
    """

    physical_id: str


@dataclass(frozen=True, slots=True)
class Migrate:
    """Bring the database alone to what this code needs."""


_NAME: Final = re.compile(r"[a-z](-?[a-z0-9]){1,39}")
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}")
_INDEX: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,200}")


def read_event(event: object) -> Deploy | Remove | Migrate:
    """Return what is asked for.

    Raises:
        UnknownEventError: nothing that there is.
    """
    given = _object(event)
    match given:
        case {"RequestType": "Create" | "Update"}:
            return Deploy(_roles(_object(given.get("ResourceProperties")).get("Functions")))
        case {"RequestType": "Delete", "PhysicalResourceId": str(physical_id)}:
            return Remove(physical_id)
        case {"action": "migrate"}:
            return Migrate()
        case {"action": str(action)}:
            raise UnknownEventError(f"there is no action {action[:40]!r}")
        case _:
            raise UnknownEventError("there is nothing to do in the event")


def _roles(functions: object) -> tuple[FunctionRole, ...]:
    if not isinstance(functions, list):
        raise UnknownEventError("ResourceProperties has no list of Functions")
    roles = tuple(_role(function) for function in cast("list[object]", functions))
    names = [role.name for role in roles]
    for name in names:
        if names.count(name) > 1:
            raise UnknownEventError(f"Functions has {name!r} twice")
    return roles


def _role(function: object) -> FunctionRole:
    given = _object(function)
    match given:
        case {"Name": str(name), "RoleArn": str(arn)} if _NAME.fullmatch(name) and _ROLE.fullmatch(arn):
            # CDK leaves out what is empty.
            read, write = given.get("Read", []), given.get("Write", [])
            return FunctionRole(name=name, role_arn=arn, read=_indexes(name, read), write=_indexes(name, write))
        case _:
            raise UnknownEventError("an entry of Functions has no Name and RoleArn that are a function's")


def _indexes(function: str, given: object) -> tuple[str, ...]:
    names = cast("list[object]", given) if isinstance(given, list) else [None]
    indexes = tuple(name for name in names if isinstance(name, str) and _INDEX.fullmatch(name))
    if len(indexes) != len(names):
        raise UnknownEventError(f"Read or Write of the function {function!r} is no list of indexes' names")
    return indexes


def _object(value: object) -> dict[str, object]:
    """Return a value of JSON that is an object; an empty one in the place of any other."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
