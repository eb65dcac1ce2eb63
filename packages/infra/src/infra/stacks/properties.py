"""What both stacks of a stage are made with."""

from typing import TypedDict

from aws_cdk import Environment

from core.names import PROJECT, Part, stack_name
from infra.stage import StageConfig


class StackProperties(TypedDict):
    """The arguments of a stack that are not of its own concern."""

    stack_name: str
    description: str
    env: Environment
    tags: dict[str, str]
    termination_protection: bool


def tags(config: StageConfig) -> dict[str, str]:
    """Return the tags of everything of a stage that carries tags (acceptance 1.2.8)."""
    return {"project": PROJECT, "environment": config.name}


def stack_properties(config: StageConfig, part: Part, description: str) -> StackProperties:
    """Return what a stack of a stage is made with."""
    return {
        "stack_name": stack_name(config.name, part),
        "description": f"{PROJECT} {config.name}: {description}",
        "env": Environment(account=config.account, region=config.region),
        # CloudFormation puts these on everything that it makes and that can carry tags. `Tags.of` alone would miss
        # what the CDK's own providers make.
        "tags": tags(config),
        "termination_protection": config.shape.protected,
    }
