"""Permissions for more than one resource, each with its reason on record.

cdk-nag finds every one of them by itself, and its finding names the resource as it is in the template: so the reasons
are by service, and what they are for is read from the statements.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import aws_iam as iam

from .acknowledgements import acknowledge, wildcard

REASONS: Final[Mapping[str, str]] = {
    "ec2": (
        "Lambda places a function in the VPC as the function's role, and checks these actions on all resources, as its "
        "documentation asks for. A second statement denies them to the function's code."
    ),
    "logs": "Lambda names a log's streams as it starts execution environments. The log group is the function's own.",
    "es": "A document's id ends its path. The index before it is one that the manifest names.",
    "s3": "What follows the prefix that the manifest names is the object's own.",
    "lambda": "The framework may call every version of the one function that it is for. There is one version.",
}
"""Why a statement has a wildcard, by the service of its actions."""


def acknowledge_wildcards(
    role: iam.Role, statements: Iterable[iam.PolicyStatement], *, reason: str | None = None
) -> None:
    """Record why statements of a role's policies are for more than one resource.

    Args:
        role: the role.
        statements: some or all of its statements; those without a wildcard need no reason.
        reason: why they have one, where it is not that of `REASONS`.

    Raises:
        KeyError: no reason is given, one has a wildcard, and `REASONS` has nothing for its service.
    """
    for statement in statements:
        wide = [resource for resource in statement.resources if resource.endswith("*")]
        if wide:
            why = reason or REASONS[statement.actions[0].partition(":")[0]]
            acknowledge(role, {wildcard(role, resource): why for resource in wide})
