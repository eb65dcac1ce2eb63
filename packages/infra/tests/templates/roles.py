"""The roles of a stage, each with everything that it is allowed: inline, attached, AWS's own managed policies."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from moto.iam.aws_managed_policies import aws_managed_policies_data

from .model import Json, Resource, Templates
from .policies import Statement, UnknownPolicyError, read_policy

_OF_AWS: Final = ":iam::aws:policy/"


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A role.

    Attributes:
        resource: the role.
        arn: its ARN.
        statements: what it is allowed and denied, from wherever.
        trusted: who may assume it: services, or ARNs.
    """

    resource: Resource
    arn: str
    statements: tuple[Statement, ...]
    trusted: tuple[str, ...]


def roles(templates: Templates) -> dict[str, Role]:
    """Return the roles of a stage by their ARNs."""
    found = [_role(templates, each) for each in templates.of("AWS::IAM::Role")]
    return {role.arn: role for role in found}


def _role(templates: Templates, resource: Resource) -> Role:
    if "PermissionsBoundary" in resource.properties:
        raise UnknownPolicyError(f"{resource} has a boundary, which is not read here")
    trust = read_policy(resource["AssumeRolePolicyDocument"])
    return Role(
        resource=resource,
        arn=resource.attribute("Arn"),
        statements=tuple(each for document in _documents(templates, resource) for each in read_policy(document)),
        trusted=tuple(each for statement in trust for each in statement.principals or ()),
    )


def _documents(templates: Templates, role: Resource) -> Iterator[Json]:
    for inline in role.get("Policies", []):
        yield inline["PolicyDocument"]
    for type_ in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for policy in templates.of(type_):
            if role.ref in policy.get("Roles", []):
                yield policy["PolicyDocument"]
    for arn in role.get("ManagedPolicyArns", []):
        yield _of_aws(arn) if _OF_AWS in arn else templates.by_ref(arn, "AWS::IAM::ManagedPolicy")["PolicyDocument"]


def _of_aws(arn: str) -> Json:
    name = arn.rsplit("/", 1)[1]
    try:
        return _managed()[name]["Document"]
    except KeyError:
        raise UnknownPolicyError(f"AWS has no managed policy {name}, or it is newer than moto's copy") from None


@cache
def _managed() -> Mapping[str, Json]:
    """Return AWS's managed policies by their names, as moto has copied them."""
    return json.loads(aws_managed_policies_data)
