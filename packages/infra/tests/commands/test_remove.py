"""`remove`, by the real command line of the CDK, on moto's server.

Where moto ends: it knows no termination protection, and deletes what AWS would refuse to. Lifting the former is shown
against what the SDK sends; that what would stop CloudFormation is out of its way, by looking before it deletes.
"""

import json
from collections.abc import Mapping

import pytest
from commands.conftest import ACCOUNT, Checkout

from core.sdk import Clients

pytestmark = [pytest.mark.slow, pytest.mark.network]


def resources(stage: str, policy: str) -> dict[str, object]:
    """Return a foundation's resources with data, with what becomes of them."""
    database = {
        "DBInstanceIdentifier": f"mocstack-{stage}-database",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "ManageMasterUserPassword": True,
    }
    bucket = {"BucketName": f"lego-moc-files-{stage}", "VersioningConfiguration": {"Status": "Enabled"}}
    snapshot = "Snapshot" if policy == "Retain" else policy
    return {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Database": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": snapshot, "Properties": database},
        "Files": {"Type": "AWS::S3::Bucket", "DeletionPolicy": policy, "Properties": bucket},
    }


def deploy(aws: Clients, stage: str, policy: str) -> None:
    """Deploy a stage, with objects in its bucket: two versions of one, and the mark of another that was deleted."""
    stacks: Mapping[str, Mapping[str, object]] = {
        "foundation": resources(stage, policy),
        "application": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
    for part, template in stacks.items():
        aws.cloudformation.create_stack(
            StackName=f"mocstack-{stage}-{part}", TemplateBody=json.dumps({"Resources": template})
        )
    # Moto takes it from no template.
    aws.rds.modify_db_instance(DBInstanceIdentifier=f"mocstack-{stage}-database", DeletionProtection=True)
    bucket = f"lego-moc-files-{stage}"
    aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        aws.s3.put_object(Bucket=bucket, Key="file", Body=body)
    aws.s3.put_object(Bucket=bucket, Key="gone", Body=b"")
    aws.s3.delete_object(Bucket=bucket, Key="gone")
    aws.s3.create_multipart_upload(Bucket=bucket, Key="begun")


def stacks(aws: Clients) -> set[str]:
    """Return the names of the stacks that are there."""
    found = aws.cloudformation.describe_stacks()["Stacks"]
    return {stack["StackName"] for stack in found if stack["StackName"] != "CDKToolkit"}


def buckets(aws: Clients) -> set[str | None]:
    """Return the names of the buckets that are there, but for the CDK's."""
    found = {bucket.get("Name") for bucket in aws.s3.list_buckets()["Buckets"]}
    return {name for name in found if name and name.startswith("lego-")}


@pytest.fixture
def account(served_checkout: Checkout) -> Checkout:
    """Return a checkout whose account is bootstrapped."""
    assert served_checkout.run("bootstrap", "dev").returncode == 0
    return served_checkout


def test_a_personal_stage_goes_with_its_data(account: Checkout, aws: Clients) -> None:
    """Nobody is asked; the bucket is emptied of every version; another stage is left as it is."""
    deploy(aws, "jane", "Delete")
    deploy(aws, "dev", "Delete")
    # As RDS does that writes a last line, by the name that the template gave; the other is of another stage.
    late, others = "/aws/rds/instance/mocstack-jane/postgresql", "/aws/rds/instance/mocstack-jane-2/postgresql"
    for name in (late, others):
        aws.logs.create_log_group(logGroupName=name)
    done = account.run("remove", "jane")
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "  goes    lego-moc-files-jane (AWS::S3::Bucket)\n" in said
    assert "  goes    mocstack-jane-database (AWS::RDS::DBInstance)\n" in said
    steps = [
        "deletion protection of mocstack-jane-database: off",
        "mocstack-jane-application: destroyed",
        "emptied lego-moc-files-jane: 4 objects and versions",
        "mocstack-jane-foundation: destroyed",
        "jane is removed",
    ]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert stacks(aws) == {"mocstack-dev-foundation", "mocstack-dev-application"}
    assert buckets(aws) == {"lego-moc-files-dev"}
    assert f"deleted the log group {late}, which was written to once more\n" in said
    assert [group.get("logGroupName") for group in aws.logs.describe_log_groups()["logGroups"]] == [others]
    again = account.run("remove", "jane")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (
        0,
        f"nothing of jane is in eu-central-1 of account {ACCOUNT}",
    )


def test_a_release_stage_wants_its_name_and_keeps_its_data(account: Checkout, aws: Clients) -> None:
    """Without the name, or with another's, nothing changes; what stays is said before and after."""
    given = {"REGION": "eu-central-1", "ACCOUNT": ACCOUNT, "ORIGINS": "https://a.org", "ALARM_EMAIL": "a@b.org"}
    account.give("staging", **given)
    deploy(aws, "staging", "Retain")
    for arguments in ((), ("--confirm", "production")):
        done = account.run("remove", "staging", *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("error: stage 'staging' is not removed, and nothing was changed")
        assert "`nox -s remove -- staging --confirm staging`" in done.stderr
        assert stacks(aws) == {"mocstack-staging-foundation", "mocstack-staging-application"}
        (database,) = aws.rds.describe_db_instances()["DBInstances"]
        assert database.get("DeletionProtection")
    done = account.run("remove", "staging", "--confirm", "staging")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mocstack-staging-database (AWS::RDS::DBInstance), and a final snapshot stays" in done.stdout
    assert "  stays   lego-moc-files-staging (AWS::S3::Bucket)" in done.stdout.split("staging is removed")[1]
    assert "MOCSTACK_EXISTING_BUCKET=lego-moc-files-staging" in done.stdout
    assert "emptied" not in done.stdout
    assert aws.s3.get_object(Bucket="lego-moc-files-staging", Key="file")["Body"].read() == b"two"
    assert stacks(aws) == set()
