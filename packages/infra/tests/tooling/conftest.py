"""A stage whose functions are on moto's server."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tooling.moto_fixtures import aws, moto, own_aws_environment

from core.sdk import Clients
from infra.bundle import Bundle
from infra.commands.signing_in import Work
from infra.shapes import shape_of
from infra.stage import StageConfig

__all__ = ["aws", "moto", "own_aws_environment"]

TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def dev() -> StageConfig:
    """Return a stage like dev, with a bastion."""
    return StageConfig(
        name="dev",
        sizing="dev",
        account="123456789012",
        region="eu-central-1",
        origins=(),
        alarm_email=None,
        bastion=True,
        cdn=False,
        cdn_public_key=None,
        bucket_name="lego-moc-files-dev",
        bucket_exists=False,
        zones=None,
        shape=shape_of("dev"),
    )


@pytest.fixture
def work(dev: StageConfig, aws: Clients, tmp_path: Path) -> Work:
    """Return what a command works on once it is signed in."""
    return Work(root=tmp_path, config=dev, account="123456789012", clients=aws)


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[[str, str], Bundle]:
    """Return what makes a bundle of a function, of one file with some text."""

    def make(name: str, text: str) -> Bundle:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(zipfile.ZipInfo("handler.py"), text)
        path = tmp_path / f"{name}-{abs(hash(text))}.zip"
        path.write_bytes(content.getvalue())
        return Bundle(name, path, "0" * 64, len(content.getvalue()), len(text))

    return make


@pytest.fixture
def deployed(aws: Clients) -> Callable[[str, Bundle], None]:
    """Return what makes a function of dev of a bundle."""

    def deploy(name: str, bundle: Bundle) -> None:
        role = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        aws.lambda_.create_function(
            FunctionName=f"mocstack-dev-{name}",
            Role=role,
            Runtime="python3.13",
            Handler="handler.handler",
            Code={"ZipFile": bundle.path.read_bytes()},
        )

    return deploy


@pytest.fixture
def stack(aws: Clients) -> Callable[..., None]:
    """Return what deploys a stack of dev that has nothing but outputs, and a topic."""

    def deploy(part: str, **outputs: str) -> None:
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        aws.cloudformation.create_stack(StackName=f"mocstack-dev-{part}", TemplateBody=json.dumps(template))

    return deploy
