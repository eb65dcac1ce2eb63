"""The bastion, beyond criterion 1.2.6."""

import pytest

from templates.model import Json, Resource, Templates

pytestmark = pytest.mark.slow

GROUP = "AWS::AutoScaling::AutoScalingGroup"
TEMPLATE = "AWS::EC2::LaunchTemplate"


def launched(templates: Templates) -> list[Json]:
    """Return what instances are started with."""
    return [each["LaunchTemplateData"] for each in templates.of(TEMPLATE)]


def role(templates: Templates, data: Json) -> Resource:
    """Return the role of an instance."""
    arn = data["IamInstanceProfile"]["Arn"]
    (profile,) = (each for each in templates.of("AWS::IAM::InstanceProfile") if each.attribute("Arn") == arn)
    return templates.by_ref(profile["Roles"][0], "AWS::IAM::Role")


def test_a_bastion_is_there_by_its_switch(variant: Templates) -> None:
    """Without the switch there is neither an instance nor what would start one."""
    for kind in (GROUP, TEMPLATE, "AWS::IAM::InstanceProfile"):
        assert len(variant.of(kind)) == int(variant.config.bastion), kind
    assert not variant.of("AWS::EC2::Instance")


def test_there_is_one_at_most_and_it_is_replaced(variant: Templates) -> None:
    """A deployment neither starts nor stops it; the group replaces what runs, by a patched one every month."""
    for group in variant.of(GROUP):
        assert (group["MinSize"], group["MaxSize"]) == ("0", "1")
        assert "DesiredCapacity" not in group.properties
        assert group["MaxInstanceLifetime"] == 30 * 86400
        update = group.body["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert (update["MinInstancesInService"], update["MaxBatchSize"]) == (0, 1)


def test_no_key_and_no_open_port(variant: Templates) -> None:
    """Session Manager alone gets in."""
    for data in launched(variant):
        assert "KeyName" not in data
        (interface,) = data["NetworkInterfaces"]
        (group,) = interface["Groups"]
        assert not [each for each in variant.of("AWS::EC2::SecurityGroupIngress") if each["GroupId"] == group]
        (found,) = (each for each in variant.of("AWS::EC2::SecurityGroup") if each.attribute("GroupId") == group)
        assert found["GroupName"] == f"mocstack-{variant.config.name}-bastion"
        assert not found.get("SecurityGroupIngress")


def test_it_reaches_session_manager_from_a_public_subnet(variant: Templates) -> None:
    """The subnets have the internet gateway, and the instance an address to use it with."""
    for group, data in zip(variant.of(GROUP), launched(variant), strict=True):
        public = [
            each.ref for each in variant.of("AWS::EC2::Subnet") if each["CidrBlock"] in ("10.0.1.0/24", "10.0.2.0/24")
        ]
        assert sorted(group["VPCZoneIdentifier"]) == sorted(public)
        assert data["NetworkInterfaces"][0]["AssociatePublicIpAddress"] is True


def test_metadata_needs_a_token(variant: Templates) -> None:
    """IMDSv2, from the instance itself and nothing behind it."""
    for data in launched(variant):
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1


def test_image_and_instance_are_of_one_architecture(variant: Templates) -> None:
    """An image of Amazon Linux 2023 for arm64, the newest whenever an instance starts, on Graviton."""
    for data in launched(variant):
        assert data["ImageId"] == "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
        assert data["InstanceType"] == "t4g.nano"


def test_its_disk_is_encrypted(variant: Templates) -> None:
    """The one volume is, and goes with the instance."""
    for data in launched(variant):
        (disk,) = data["BlockDeviceMappings"]
        assert disk["DeviceName"] == "/dev/xvda"  # the root device of the image: another name would be a second disk
        assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["DeleteOnTermination"]) == (True, True)
        assert disk["Ebs"]["VolumeType"] == "gp3"


def test_it_may_open_sessions_and_nothing_else(variant: Templates) -> None:
    """No managed policy, which would let it read every parameter of the account."""
    for data in launched(variant):
        found = role(variant, data)
        assert not found.get("ManagedPolicyArns")
        assert found.ref not in {name for each in variant.of("AWS::IAM::Policy") for name in each["Roles"]}
        (policy,) = found["Policies"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Allow"
        assert set(statement["Action"]) == {
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        }


def test_all_of_it_is_tagged(variant: Templates) -> None:
    """Instance, volume and template: what is started takes its tags from there, and not from the stack."""
    expected = {
        "project": "mocstack",
        "environment": variant.config.name,
        "Name": f"mocstack-{variant.config.name}-bastion",
    }
    for template in variant.of(TEMPLATE):
        given = [*template["LaunchTemplateData"]["TagSpecifications"], *template["TagSpecifications"]]
        tags = {each["ResourceType"]: {tag["Key"]: tag["Value"] for tag in each["Tags"]} for each in given}
        assert tags == dict.fromkeys(("instance", "volume", "launch-template"), expected)
    for group in variant.of(GROUP):
        assert {tag["Key"]: tag["Value"] for tag in group["Tags"] if tag["PropagateAtLaunch"]} == expected


def test_the_tunnel_finds_it(variant: Templates) -> None:
    """The foundation's output names the group."""
    names = [group.ref for group in variant.of(GROUP)]
    assert [variant.foundation.outputs[name] for name in ("BastionGroupName",) if variant.config.bastion] == names
    assert ("BastionGroupName" in variant.foundation.outputs) == variant.config.bastion
