"""What several tests read of the application's templates."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from templates.model import Json, Properties, Resource, Templates

Case: TypeAlias = Callable[[str], Templates]
"""Reads the templates of a case."""

Permission: TypeAlias = tuple[str, str, str]
"""Effect, action, resource."""


def function_of(templates: Templates, name: str) -> Resource:
    """Return a function by its name in the manifest."""
    return templates.by_ref(templates.config.named(name), "AWS::Lambda::Function")


def variables_of(function: Resource) -> Properties:
    """Return the environment of a function."""
    return function["Environment"]["Variables"]


def role_of(templates: Templates, name: str) -> Resource:
    """Return the role of a function of the manifest."""
    arn = function_of(templates, name)["Role"]
    return next(role for role in templates.of("AWS::IAM::Role") if arn.endswith(f":role/{role.ref}"))


def permissions_of(role: Resource) -> set[Permission]:
    """Return what the policies in a role say, whatever its conditions."""
    return {
        (statement["Effect"], action, resource)
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in each(statement["Action"])
        for resource in each(statement["Resource"])
    }


def each(value: Json) -> Iterator[str]:
    """Return the items of what is one or a list."""
    yield from [value] if isinstance(value, str) else value


def written(templates: Templates, resource: Resource) -> Properties:
    """Return a resource as the template has it, with what it refers to by name."""
    return templates.written.bodies[resource.part]["Resources"][resource.id]
