"""Mistakes in the network and in its tags."""

from typing import Final

from criteria import database, network, redis
from proof.mistakes.case import Case
from templates.edit import Edit
from templates.model import Json

GROUP: Final = "AWS::EC2::SecurityGroup"


def _everybody(port: int) -> Json:
    return {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def _open(edit: Edit, party: str, rule: Json) -> None:
    edit.one(GROUP, f"-{party}").setdefault("SecurityGroupIngress", []).append(rule)


def _let(edit: Edit, origin: str, target: str, port: int) -> None:
    """Let one part reach another, on both sides."""
    ends = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    one, other = edit.group(origin), edit.group(target)
    edit.add(
        "foundation", "Out", "AWS::EC2::SecurityGroupEgress", GroupId=one, DestinationSecurityGroupId=other, **ends
    )
    edit.add("foundation", "In", "AWS::EC2::SecurityGroupIngress", GroupId=other, SourceSecurityGroupId=one, **ends)


def _widen(edit: Edit, type_: str) -> None:
    for body in edit.all(type_, "functions to redis").values():
        body["Properties"] |= {"FromPort": 0, "ToPort": 65535}


def _wider_port(edit: Edit) -> None:
    _widen(edit, "AWS::EC2::SecurityGroupIngress")
    _widen(edit, "AWS::EC2::SecurityGroupEgress")


def _from_the_vpc(edit: Edit) -> None:
    rule = {"CidrIp": "10.0.0.0/16", "IpProtocol": "-1"}
    _open(edit, "database", rule)
    edit.one(GROUP, "-functions")["SecurityGroupEgress"].append(rule)


def _no_egress(edit: Edit) -> None:
    del edit.one(GROUP, "-redis")["SecurityGroupEgress"]


def _one_zone(edit: Edit) -> None:
    for body in edit.all("AWS::EC2::Subnet").values():
        body["Properties"]["AvailabilityZone"] = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}


def _private_is_public(edit: Edit) -> None:
    route = edit.one("AWS::EC2::Route", "NatGatewayId")
    del route["NatGatewayId"]
    route["GatewayId"] = edit.ref("AWS::EC2::InternetGateway")


def _one_nat(edit: Edit) -> None:
    for body in edit.all("AWS::EC2::Route", "NatGatewayId").values():
        body["Properties"]["NatGatewayId"] = edit.ref("AWS::EC2::NatGateway", "publicSubnet1")
    edit.remove("AWS::EC2::NatGateway", "publicSubnet2")


def _detached(edit: Edit) -> None:
    attachment = edit.one("AWS::EC2::VPCGatewayAttachment")
    del attachment["InternetGatewayId"]
    attachment["VpnGatewayId"] = "vgw-0"


def _bastion_group(edit: Edit) -> Json:
    return edit.one(GROUP, "-bastion").setdefault("SecurityGroupIngress", [])


def _launch(edit: Edit) -> Json:
    return edit.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]


def _functions_in_public(edit: Edit) -> None:
    for body in edit.all("AWS::Lambda::Function").values():
        body["Properties"].pop("VpcConfig", None)


def _tag_gone(edit: Edit) -> None:
    edit.tags["foundation"].pop("project")
    for body in edit.all("AWS::EC2::VPC").values():
        body["Properties"]["Tags"] = [tag for tag in body["Properties"]["Tags"] if tag["Key"] != "project"]


def _wrong_tag(edit: Edit) -> None:
    for tag in edit.one("AWS::RDS::DBInstance")["Tags"]:
        tag["Value"] = "other" if tag["Key"] == "environment" else tag["Value"]


def _cache_tags_gone(edit: Edit) -> None:
    del edit.one("AWS::ElastiCache::ReplicationGroup")["Tags"]


def _not_passed_on(edit: Edit) -> None:
    for tag in edit.one("AWS::AutoScaling::AutoScalingGroup")["Tags"]:
        tag["PropagateAtLaunch"] = False


NETWORK: Final = (
    Case(
        "another block of the VPC", lambda e: e.one("AWS::EC2::VPC").update(CidrBlock="10.1.0.0/16"), network.addresses
    ),
    Case(
        "a wrong public block",
        lambda e: e.one("AWS::EC2::Subnet", "10.0.1.0").update(CidrBlock="10.0.3.0/24"),
        network.public_subnets,
    ),
    Case(
        "a wrong private block",
        lambda e: e.one("AWS::EC2::Subnet", "10.0.102.0").update(CidrBlock="10.0.103.0/24"),
        network.private_subnets,
    ),
    Case("one zone", _one_zone, network.two_zones),
    Case("a private subnet that leads to the internet gateway", _private_is_public, network.private_subnets),
    Case("no route to NAT", lambda e: e.remove("AWS::EC2::Route", "NatGatewayId"), network.private_subnets),
    Case("one NAT gateway in production", _one_nat, network.private_subnets),
    Case("NAT without the internet gateway", _detached, network.public_subnets),
    Case("no endpoint for S3", lambda e: e.remove("AWS::EC2::VPCEndpoint"), network.s3_endpoint),
    Case(
        "an endpoint that a subnet lacks",
        lambda e: e.one("AWS::EC2::VPCEndpoint")["RouteTableIds"].pop(),
        network.s3_endpoint,
    ),
    Case("the database open to everybody", lambda e: _open(e, "database", _everybody(5432)), network.who_reaches_whom),
    Case(
        "Redis open to the VPC",
        lambda e: _open(e, "redis", {"CidrIp": "10.0.0.0/16", "IpProtocol": "-1"}),
        network.who_reaches_whom,
    ),
    Case("direct access to the database", lambda e: _let(e, "functions", "database", 5432), database.through_the_proxy),
    Case(
        "the bastion at the database",
        lambda e: _let(e, "bastion", "database", 5432),
        network.who_reaches_whom,
        "everything",
    ),
    Case("the bastion at Redis", lambda e: _let(e, "bastion", "redis", 6379), redis.functions_only, "everything"),
    Case("every port of Redis", _wider_port, network.who_reaches_whom),
    Case("a rule by addresses of the VPC", _from_the_vpc, network.who_reaches_whom),
    Case(
        "functions let out on every port",
        lambda e: e.one(GROUP, "-functions")["SecurityGroupEgress"].append({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}),
        network.who_reaches_whom,
    ),
    Case("EC2's own rule outward", _no_egress, network.who_reaches_whom),
    Case(
        "no way to the proxy",
        lambda e: e.remove("AWS::EC2::SecurityGroupEgress", "functions to proxy"),
        network.who_reaches_whom,
    ),
    Case(
        "the proxy not let in at the database",
        lambda e: e.remove("AWS::EC2::SecurityGroupIngress", "proxy to database"),
        network.who_reaches_whom,
    ),
    Case("functions in no network", _functions_in_public, network.who_reaches_whom),
    Case(
        "the functions in the database's group",
        lambda e: e.one("AWS::RDS::DBInstance").update(VPCSecurityGroups=[e.group("functions")]),
        network.who_reaches_whom,
    ),
    Case(
        "the database in the default group",
        lambda e: e.one("AWS::RDS::DBInstance").pop("VPCSecurityGroups"),
        network.who_reaches_whom,
    ),
    Case("an open port 22", lambda e: _bastion_group(e).append(_everybody(22)), network.who_reaches_whom, "bastion"),
    Case("a key for the bastion", lambda e: _launch(e).update(KeyName="mine"), network.bastion, "bastion"),
    Case(
        "old metadata at the bastion",
        lambda e: _launch(e)["MetadataOptions"].update(HttpTokens="optional"),
        network.bastion,
        "bastion",
    ),
    Case(
        "a bastion without its switch",
        lambda e: e.add("foundation", "B", "AWS::AutoScaling::AutoScalingGroup", AutoScalingGroupName="b"),
        network.bastion,
    ),
    Case("a missing tag", _tag_gone, network.tags),
    Case("another stage's tag", _wrong_tag, network.tags),
    Case("a tag that no stack puts on", _cache_tags_gone, network.tags),
    Case("instances without tags", _not_passed_on, network.tags, "bastion"),
)
