"""Deploying an assembly, by the real command line of the CDK, on moto's server.

Where moto ends: the preflight asks what it does not know (its own tests say what). Of a stack that a change set makes
it gives no outputs, so the application is there beforehand, as it is to be, and the CDK finds nothing to do for it. It
fails to delete a change set, so a diff compares the templates, and a stack that is there can't be updated.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from botocore.stub import Stubber
from commands.conftest import ACCOUNT, Checkout, cli_of, write_assembly

from core.sdk import Clients
from core.settings import load
from infra.cdk import CdkFailedError
from infra.commands.deploy import release
from infra.commands.failing import DeploymentFailedError
from infra.commands.gate import Consent, DataLossError
from infra.commands.signing_in import Work
from infra.deployed import NotDeployedError
from infra.stage import StageConfig

pytestmark = [pytest.mark.slow, pytest.mark.network]

FOUNDATION, APPLICATION = "mocstack-jane-foundation", "mocstack-jane-application"
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "lego-moc-files-jane"}}
TOPIC = {"Type": "AWS::SNS::Topic"}
URL = "https://api.example.com"


def consent(*named: str) -> Consent:
    """Return the consent of somebody who is not there to be asked."""

    def ask(_question: str) -> None:
        return None

    return Consent(named=named, ask=ask)


def templates(foundation: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the templates of a stage."""
    outputs = {"ApiUrl": {"Value": URL}}
    return {
        FOUNDATION: {"Resources": foundation},
        APPLICATION: {"Resources": {"Topic": TOPIC}, "Outputs": outputs},
    }


@pytest.fixture
def work(served_checkout: Checkout, aws: Clients, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Return what a command works on: a stage in an account that is bootstrapped."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", served_checkout.environ["AWS_ENDPOINT_URL"])
    cli_of(served_checkout).run("bootstrap", f"aws://{ACCOUNT}/eu-central-1")
    settings = load("jane", purpose="deploy", environ={"MOCSTACK_REGION": "eu-central-1", "MOCSTACK_ACCOUNT": ACCOUNT})
    return Work(root=served_checkout.folder, config=StageConfig.of(settings), account=ACCOUNT, clients=aws)


def statuses(aws: Clients) -> dict[str, str]:
    """Return the states of the stage's stacks."""
    found = aws.cloudformation.describe_stacks()["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in found if stack["StackName"] != "CDKToolkit"}


def test_a_new_stage_is_deployed_foundation_first(work: Work, aws: Clients, tmp_path: Path) -> None:
    """Both stacks; that there is no address then is an error, not a success."""
    assembly = write_assembly(tmp_path / "one", templates({"Files": BUCKET}))
    said: list[str] = []
    with pytest.raises(NotDeployedError, match="has no output ApiUrl"):
        release(work, assembly, consent(), said.append)
    assert statuses(aws) == {FOUNDATION: "CREATE_COMPLETE", APPLICATION: "CREATE_COMPLETE"}
    made = {stack["StackName"]: stack["CreationTime"] for stack in aws.cloudformation.describe_stacks()["Stacks"]}
    assert made[FOUNDATION] < made[APPLICATION]
    assert said == []  # there was nothing that a diff could be of


def test_a_stage_that_is_there_passes_the_gate_first(work: Work, aws: Clients, tmp_path: Path) -> None:
    """Its address is returned; what would lose data changes nothing."""
    assembly = write_assembly(tmp_path / "one", templates({"Files": BUCKET}))
    body = (assembly / f"{APPLICATION}.template.json").read_text()
    aws.cloudformation.create_stack(StackName=APPLICATION, TemplateBody=body)
    said: list[str] = []
    assert release(work, assembly, consent(), said.append, method="template") == URL
    assert any("Number of stacks with differences" in line for line in said)

    other = write_assembly(tmp_path / "two", templates({"Other": TOPIC}))
    with pytest.raises(DataLossError, match="--replace Files"):
        release(work, other, consent(), said.append, method="template")
    assert statuses(aws)[FOUNDATION] == "CREATE_COMPLETE"


@pytest.mark.parametrize("reason", ["no such class", None])
def test_a_deployment_that_fails_ends_with_what_failed_first(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str | None
) -> None:
    """By the events that came since it began; where none did, by the command line's own words.

    moto records no resource that failed: the command line fails for want of credentials, and the events are told.
    """
    assembly = write_assembly(tmp_path / "one", templates({"Files": BUCKET}))
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable)
    with Stubber(work.clients.cloudformation) as stubber:
        for operation in ("describe_stacks", "describe_stacks", *["describe_stack_events"] * (2 if reason else 4)):
            stubber.add_client_error(operation, "ValidationError", "does not exist", 400)
        if reason:
            stubber.add_response("describe_stack_events", {"StackEvents": [failed(reason)]}, {"StackName": FOUNDATION})
        error = DeploymentFailedError if reason else CdkFailedError
        with pytest.raises(error, match=f"first at Files .AWS::S3::Bucket.* {reason}" if reason else "`cdk deploy`"):
            release(work, assembly, consent(), lambda _: None)
        stubber.assert_no_pending_responses()


def failed(reason: str) -> dict[str, object]:
    """Return the event of a bucket that was not made."""
    return {
        "StackId": f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/{FOUNDATION}/1",
        "EventId": "1",
        "StackName": FOUNDATION,
        "Timestamp": "2026-11-22T00:00:00Z",
        "LogicalResourceId": "Files",
        "ResourceType": "AWS::S3::Bucket",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
    }
