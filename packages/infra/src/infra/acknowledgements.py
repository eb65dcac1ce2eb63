"""What the checks of templates find and is meant to be so: each finding beside its construct, with the reason."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Record that findings on a construct, and on what it is made of, are meant to be.

    Args:
        construct: the construct.
        reasons: why, by the rule's id: `AwsSolutions-RDS11`.
    """
    Validations.of(construct).acknowledge(*(Acknowledgment(id=id_, reason=reason) for id_, reason in reasons.items()))


def wildcard(scope: IConstruct, resource: str) -> str:
    """Return the id of the finding that a policy's resource has a wildcard: cdk-nag has one for each such resource.

    Args:
        scope: a construct of the policy's stack.
        resource: the ARN as the policy has it, tokens and all.
    """
    return f"AwsSolutions-IAM5[Resource::{_shown(Stack.of(scope).resolve(resource))}]"


def _shown(value: object) -> str:
    """Return an ARN as cdk-nag shows it: what a deployment fills in stands in angle brackets."""
    if isinstance(value, str):
        return value
    ((function, arguments),) = cast("Mapping[str, Any]", value).items()  # an intrinsic function of CloudFormation
    match function:
        case "Ref":
            return f"<{arguments}>"
        case "Fn::GetAtt":
            return f"<{'.'.join(arguments)}>"
        case "Fn::ImportValue":
            return arguments
        case "Fn::Join":
            separator, parts = arguments
            return separator.join(_shown(part) for part in parts)
        case _:
            raise ValueError(f"no ARN is made by {function} here")
