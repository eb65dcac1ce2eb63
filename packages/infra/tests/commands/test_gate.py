"""The gate of a deployment: the CDK's diff, read, and what stops."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from commands.conftest import Checkout, cli_of, write_assembly

from core.sdk import Clients
from infra.cdk import CdkFailedError
from infra.commands.gate import Consent, DataLossError, DiffNotReadError, Loss, losses, pass_gate

STACK = "mocstack-jane-foundation"


def database(**changed: object) -> dict[str, object]:
    """Return a database as a template has it."""
    properties = {
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "ManageMasterUserPassword": True,
        "StorageEncrypted": True,
        "DeletionProtection": True,
    }
    return {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": properties | changed}


BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "lego-moc-files-jane"}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}}
BEFORE = {"Database": database(), "Bucket": BUCKET, "Topic": TOPIC}

LINES = [
    "Resources",
    "❌  Found 3 destructive change(s) (--fail-on=destructive):",
    "  Foundation (mocstack-jane-foundation): AWS::RDS::DBInstance Database/Instance DatabaseA1 will be replaced",
    "  mocstack-jane-foundation: AWS::S3::Bucket Bucket may be replaced",
    "  x: Custom::Thing a b/c Thing will be orphaned (moved to y.Other, run 'cdk refactor' to keep it)",
]


def test_a_diff_is_read() -> None:
    """Each resource, with its type, its name in the template, and what happens to it."""
    assert losses(LINES) == (
        Loss("Foundation (mocstack-jane-foundation)", "AWS::RDS::DBInstance", "DatabaseA1", "will be replaced"),
        Loss("mocstack-jane-foundation", "AWS::S3::Bucket", "Bucket", "may be replaced"),
        Loss("x", "Custom::Thing", "Thing", "will be orphaned"),
    )
    assert losses(["There were no differences"]) == ()


@pytest.mark.parametrize("left_out", [1, 2])
def test_a_diff_that_is_not_understood_stops(left_out: int) -> None:
    """What is announced must be what is read: nothing passes because its line looks otherwise."""
    lines = LINES.copy()
    lines[left_out] = lines[left_out].replace("Found 3", "Found 4").replace(" will be replaced", " goes")
    with pytest.raises(DiffNotReadError):
        losses(lines)


@pytest.fixture
def deployed(served_checkout: Checkout, aws: Clients, tmp_path: Path) -> Checkout:
    """Return a checkout, with its account bootstrapped and a foundation deployed, by the CDK."""
    cli_of(served_checkout).run("bootstrap", "aws://123456789012/eu-central-1")
    assembly = write_assembly(tmp_path / "before", {STACK: {"Resources": BEFORE}})
    cli_of(served_checkout, assembly).run("deploy", "--all", "--require-approval", "never")
    assert aws.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    return served_checkout


def passed(
    checkout: Checkout,
    resources: Mapping[str, object],
    *,
    confirmed: tuple[str, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> list[str]:
    """Pass the gate with a new foundation, and return what was said; a question is answered by what is typed."""

    def ask(question: str) -> str | None:
        said.append(question)
        return next((answer for name, answer in (typed or {}).items() if name in question), None)

    said: list[str] = []
    out = Path(tempfile.mkdtemp(dir=checkout.folder), "after")
    assembly = write_assembly(out, {STACK: {"Resources": resources}})
    # Not `auto`: moto fails to delete a change set, which the CDK then tries for most of a minute.
    consent = Consent(named=confirmed, ask=ask)
    pass_gate("jane", cli_of(checkout, assembly), consent, said.append, method="template")
    return said


@pytest.mark.slow
@pytest.mark.network
def test_what_keeps_the_data_passes(deployed: Checkout) -> None:
    """Another size, and a thing without data replaced: it is shown, and nobody is asked."""
    changed = {**BEFORE, "Database": database(DBInstanceClass="db.r6g.large")}
    changed["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "two"}}
    said = passed(deployed, changed)
    assert any("db.r6g.large" in line for line in said)
    assert any("AWS::SNS::Topic Included/Topic Topic will be replaced" in line for line in said)
    assert not any(line.endswith("all the same: ") for line in said)


@pytest.mark.slow
@pytest.mark.network
def test_what_loses_data_stops_until_each_is_named(deployed: Checkout) -> None:
    """A database replaced and a bucket left behind: neither passes for the other, by argument or typed."""
    changed: dict[str, object] = {"Database": database(MasterUsername="root"), "Topic": TOPIC}
    with pytest.raises(DataLossError) as caught:
        passed(deployed, changed)
    assert {loss.logical_id: loss.fate for loss in caught.value.losses} == {
        "Database": "will be replaced",
        "Bucket": "will be orphaned",
    }
    assert "`nox -s deploy -- jane --replace Bucket --replace Database`" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(DataLossError) as caught:
        passed(deployed, changed, confirmed=("Bucket",))
    assert [loss.logical_id for loss in caught.value.losses] == ["Database"]
    assert "--replace Bucket --replace Database" in str(caught.value)  # what was confirmed must be so again
    with pytest.raises(DataLossError):
        passed(deployed, changed, confirmed=("Bucket",), typed={"Database": "yes"})
    assert passed(deployed, changed, confirmed=("Bucket",), typed={"Database": "Database"})
    assert passed(deployed, changed, confirmed=("Bucket", "Database"))


@pytest.mark.slow
@pytest.mark.network
def test_a_diff_that_fails_stops(deployed: Checkout) -> None:
    """That nothing destructive was read is no leave to go on."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del deployed.environ[name]
    with pytest.raises(CdkFailedError, match="`cdk diff` failed"):
        passed(deployed, BEFORE)
