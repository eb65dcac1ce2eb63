"""The stage whose deployment is checked, and what it finds in its account."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tooling.moto_fixtures import aws, moto, own_aws_environment

from core.sdk import Clients
from infra.deployed import find_stack
from infra.preflight.subject import Check, Subject
from infra.shapes import shape_of
from infra.stage import StageConfig

__all__ = ["aws", "moto", "own_aws_environment"]

ACCOUNT = "123456789012"
"""The account that moto's server plays."""

DEV = StageConfig(
    name="dev",
    sizing="dev",
    account=ACCOUNT,
    region="eu-central-1",
    origins=("https://app.example.com",),
    alarm_email=None,
    bastion=False,
    cdn=False,
    cdn_public_key=None,
    bucket_name="lego-moc-files-dev",
    bucket_exists=False,
    zones=None,
    shape=shape_of("dev"),
)


@pytest.fixture
def dev() -> StageConfig:
    """Return a stage like dev."""
    return DEV


@pytest.fixture
def production() -> StageConfig:
    """Return a stage like production."""
    return replace(DEV, name="production", sizing="production", shape=shape_of("production"))


@pytest.fixture
def foundation(aws: Clients) -> Callable[..., None]:
    """Return what deploys a foundation stack of the stage dev, of some resources and outputs."""

    def deploy(resources: Mapping[str, object], **outputs: str) -> None:
        template = {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}
        aws.cloudformation.create_stack(StackName="mocstack-dev-foundation", TemplateBody=json.dumps(template))

    return deploy


@pytest.fixture
def found(aws: Clients) -> Callable[[Check, StageConfig], list[str]]:
    """Return what runs a check on a stage and returns its findings' lines."""

    def run(check: Check, config: StageConfig) -> list[str]:
        subject = Subject(
            config=config,
            clients=aws,
            foundation=find_stack(aws, config.name, "foundation"),
            application=find_stack(aws, config.name, "application"),
        )
        lines = [str(finding) for finding in check(subject)]
        assert all(line.isprintable() for line in lines)
        return lines

    return run
