"""What several tests read of the application's templates."""

from collections.abc import Iterator
from typing import TypeAlias

from templates.model import Json, Properties, Resource, Templates

Permission: TypeAlias = tuple[str, str, str]
"""Effect, action, resource."""


def account_of(templates: Templates) -> str:
    """Return the region and account of a stage's ARNs, with the colon between."""
    region, account = templates.only("AWS::SNS::Topic").ref.split(":")[3:5]
    return f"{region}:{account}"


def exported(templates: Templates, name: str) -> str:
    """Return what the foundation exports under a name."""
    return templates.foundation.exports[templates.config.named(name)]


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


def policies_of(templates: Templates) -> list[Resource]:
    """Return the policies that the application attaches to roles."""
    return [each for each in templates.application.resources.values() if each.type == "AWS::IAM::Policy"]


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
