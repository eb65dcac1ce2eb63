"""The steps of removing a stage, on moto's server."""

import json

import pytest
from botocore.stub import Stubber

from core.sdk import Clients
from infra.deployed import DeployedStack, find_stack
from infra.removal import InterfacesLeftError, await_interfaces, empty_bucket, lift_protections, plan

pytestmark = pytest.mark.slow

DATABASE = {
    "DBInstanceClass": "db.t4g.micro",
    "Engine": "postgres",
    "AllocatedStorage": "20",
    "MasterUsername": "owner",
    "MasterUserPassword": "of-a-test-alone",
}


def deployed(aws: Clients, resources: object) -> DeployedStack:
    """Deploy a foundation of some resources, and return it."""
    aws.cloudformation.create_stack(
        StackName="mocstack-jane-foundation", TemplateBody=json.dumps({"Resources": resources})
    )
    stack = find_stack(aws, "jane", "foundation")
    assert stack is not None
    return stack


def test_what_becomes_of_a_resource_is_what_its_template_says(aws: Clients) -> None:
    """And a database that says nothing leaves a snapshot, by CloudFormation's own default."""
    policies = {"A": "Delete", "B": "Retain", "C": "RetainExceptOnCreate", "D": None}
    buckets: dict[str, object] = {
        name: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"bucket-{name.lower()}"}}
        | ({"DeletionPolicy": policy} if policy else {})
        for name, policy in policies.items()
    }
    stack = deployed(aws, buckets | {"Database": {"Type": "AWS::RDS::DBInstance", "Properties": DATABASE}})
    planned = {resource.logical_id: resource for resource in plan(aws, stack)}
    assert {name: planned[name].fate for name in planned} == {
        "A": "goes",
        "B": "stays",
        "C": "stays",
        "D": "goes",
        "Database": "snapshot",
    }
    assert planned["A"].physical_id == "bucket-a"


def test_a_database_that_goes_is_no_longer_protected(aws: Clients) -> None:
    """And one that stays is."""
    goes = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": DATABASE}
    stack = deployed(aws, {"Goes": goes, "Stays": goes | {"DeletionPolicy": "Retain"}})
    for resource in plan(aws, stack):  # moto takes it from no template
        aws.rds.modify_db_instance(DBInstanceIdentifier=resource.physical_id, DeletionProtection=True)
    said: list[str] = []
    for _ in range(2):  # the second time there is nothing left to do
        lift_protections(aws, stack, plan(aws, stack), said.append)
    names = {resource.physical_id: resource.logical_id for resource in plan(aws, stack)}
    protected = {
        names[instance.get("DBInstanceIdentifier", "")]: instance.get("DeletionProtection")
        for instance in aws.rds.describe_db_instances()["DBInstances"]
    }
    assert protected == {"Goes": False, "Stays": True}
    assert len(said) == 1


def test_a_protected_stack_is_no_longer(aws: Clients) -> None:
    """What moto does not know, by what is sent; a stack that is not protected is left alone."""
    name = "mocstack-jane-foundation"
    said: list[str] = []
    for protected in (True, False):
        stack = DeployedStack(stage="jane", name=name, status="CREATE_COMPLETE", protected=protected, outputs={})
        with Stubber(aws.cloudformation) as stubbed:
            if protected:
                stubbed.add_response(
                    "update_termination_protection",
                    {"StackId": name},
                    {"StackName": name, "EnableTerminationProtection": False},
                )
            lift_protections(aws, stack, (), said.append)
            stubbed.assert_no_pending_responses()
    assert said == [f"termination protection of {name}: off"]


@pytest.mark.parametrize("count", [0, 3, 1001])
def test_a_bucket_is_emptied_of_all_that_it_holds(count: int, aws: Clients) -> None:
    """Objects by the thousand, their versions, marks of deleted ones, uploads that never ended."""
    aws.s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    aws.s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
    for number in range(count):
        aws.s3.put_object(Bucket="files", Key=f"{number}", Body=b"x")
    if count:
        aws.s3.put_object(Bucket="files", Key="0", Body=b"y")
        aws.s3.delete_object(Bucket="files", Key="1")
        aws.s3.create_multipart_upload(Bucket="files", Key="begun")
    said: list[str] = []
    empty_bucket(aws, "files", said.append)
    left = aws.s3.list_object_versions(Bucket="files")
    assert "Versions" not in left
    assert "DeleteMarkers" not in left
    assert not aws.s3.list_multipart_uploads(Bucket="files").get("Uploads")
    assert said == ([f"emptied files: {count + 2} objects and versions"] if count else [])
    aws.s3.delete_bucket(Bucket="files")


def test_a_bucket_that_is_gone_is_empty(aws: Clients) -> None:
    """As a removal that did not end leaves it."""
    empty_bucket(aws, "nowhere-to-be-found", print)


def network(aws: Clients) -> tuple[str, str]:
    """Make a network with a function's interface in it, and return the ids of both."""
    vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"].get("VpcId", "")
    subnet = aws.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.101.0/24")["Subnet"].get("SubnetId", "")
    made = aws.ec2.create_network_interface(SubnetId=subnet, Description="AWS Lambda VPC ENI-mocstack-jane-health")
    aws.ec2.create_network_interface(SubnetId=subnet, Description="RDSNetworkInterface")
    return vpc, made["NetworkInterface"].get("NetworkInterfaceId", "")


def test_a_network_is_waited_for_until_lambda_has_left_it(aws: Clients) -> None:
    """Interfaces of others are CloudFormation's own to take away."""
    vpc, interface = network(aws)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        aws.ec2.delete_network_interface(NetworkInterfaceId=interface)

    await_interfaces(aws, vpc, say, interval=0.01)
    assert said == ["waiting for Lambda to take 1 network interfaces away, which takes it 20 to 40 minutes: 0 so far"]
    await_interfaces(aws, vpc, say)  # nothing to wait for, so nothing said
    assert len(said) == 1


def test_waiting_has_an_end(aws: Clients) -> None:
    """What is left is named, and that it may be run again."""
    vpc, interface = network(aws)
    with pytest.raises(InterfacesLeftError, match="run it again later") as caught:
        await_interfaces(aws, vpc, print, patience=0, interval=0.01)
    assert caught.value.interfaces == (interface,)
