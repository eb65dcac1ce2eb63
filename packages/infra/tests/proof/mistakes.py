"""Mistakes that somebody could make, each with the check that has to see it.

The network's and the permissions'; those of the data are in `data_mistakes`.
"""

from dataclasses import dataclass
from typing import Final

from criteria import database, health, network, redis
from criteria.finding import Check
from proof import permissions
from templates.edit import Edit, Mistake
from templates.model import Json

GROUP: Final = "AWS::EC2::SecurityGroup"
POLICY: Final = "AWS::IAM::Policy"
ROLE: Final = "AWS::IAM::Role"


@dataclass(frozen=True, slots=True)
class Case:
    """A mistake.

    Attributes:
        name: what is wrong.
        make: makes it.
        check: the check that has to find it.
        variant: the stage that it is made in.
    """

    name: str
    make: Mistake
    check: Check
    variant: str = "production"


def _everybody(port: int) -> Json:
    return {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def _open(edit: Edit, party: str, rule: Json) -> None:
    edit.one(GROUP, f"-{party}").setdefault("SecurityGroupIngress", []).append(rule)


def _let(edit: Edit, origin: str, target: str, port: int) -> None:
    """Let one part reach another, on both sides."""
    ends = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    one, other = edit.group(origin), edit.group(target)
    edit.add("foundation", "Out", "AWS::EC2::SecurityGroupEgress", GroupId=one, DestinationSecurityGroupId=other, **ends)
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


def _statements(edit: Edit, type_: str, having: str) -> list[Json]:
    given = edit.one(type_, having)
    if type_ == POLICY:
        return given["PolicyDocument"]["Statement"]
    return given["Policies"][0]["PolicyDocument"]["Statement"]


def _health(edit: Edit) -> list[Json]:
    return _statements(edit, ROLE, "function health")


def _drop(statements: list[Json], action: str) -> None:
    for statement in [each for each in statements if action in str(each["Action"])]:
        statements.remove(statement)


def _allow(statements: list[Json], action: str, resource: Json) -> None:
    statements.append({"Effect": "Allow", "Action": action, "Resource": resource})


def _deny_gone(edit: Edit) -> None:
    statements = _health(edit)
    statements[:] = [each for each in statements if each["Effect"] == "Allow"]


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


def _wide_trust(edit: Edit) -> None:
    document = edit.one(ROLE, "function health")["AssumeRolePolicyDocument"]
    document["Statement"][0]["Principal"] = {"AWS": "*"}


NETWORK: Final = (
    Case("another block of the VPC", lambda e: e.one("AWS::EC2::VPC").update(CidrBlock="10.1.0.0/16"), network.addresses),
    Case("a wrong public block", lambda e: e.one("AWS::EC2::Subnet", "10.0.1.0").update(CidrBlock="10.0.3.0/24"), network.public_subnets),
    Case("a wrong private block", lambda e: e.one("AWS::EC2::Subnet", "10.0.102.0").update(CidrBlock="10.0.103.0/24"), network.private_subnets),
    Case("one zone", _one_zone, network.two_zones),
    Case("a private subnet that leads to the internet gateway", _private_is_public, network.private_subnets),
    Case("no route to NAT", lambda e: e.remove("AWS::EC2::Route", "NatGatewayId"), network.private_subnets),
    Case("one NAT gateway in production", _one_nat, network.private_subnets),
    Case("NAT without the internet gateway", _detached, network.public_subnets),
    Case("no endpoint for S3", lambda e: e.remove("AWS::EC2::VPCEndpoint"), network.s3_endpoint),
    Case("an endpoint that a subnet lacks", lambda e: e.one("AWS::EC2::VPCEndpoint")["RouteTableIds"].pop(), network.s3_endpoint),
    Case("the database open to everybody", lambda e: _open(e, "database", _everybody(5432)), network.who_reaches_whom),
    Case("Redis open to the VPC", lambda e: _open(e, "redis", {"CidrIp": "10.0.0.0/16", "IpProtocol": "-1"}), network.who_reaches_whom),
    Case("direct access to the database", lambda e: _let(e, "functions", "database", 5432), database.through_the_proxy),
    Case("the bastion at the database", lambda e: _let(e, "bastion", "database", 5432), network.who_reaches_whom, "everything"),
    Case("the bastion at Redis", lambda e: _let(e, "bastion", "redis", 6379), redis.functions_only, "everything"),
    Case("every port of Redis", _wider_port, network.who_reaches_whom),
    Case("a rule by addresses of the VPC", _from_the_vpc, network.who_reaches_whom),
    Case("functions let out on every port", lambda e: e.one(GROUP, "-functions")["SecurityGroupEgress"].append({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}), network.who_reaches_whom),
    Case("EC2's own rule outward", _no_egress, network.who_reaches_whom),
    Case("no way to the proxy", lambda e: e.remove("AWS::EC2::SecurityGroupEgress", "functions to proxy"), network.who_reaches_whom),
    Case("the proxy not let in at the database", lambda e: e.remove("AWS::EC2::SecurityGroupIngress", "proxy to database"), network.who_reaches_whom),
    Case("functions in no network", _functions_in_public, network.who_reaches_whom),
    Case("the functions in the database's group", lambda e: e.one("AWS::RDS::DBInstance").update(VPCSecurityGroups=[e.group("functions")]), network.who_reaches_whom),
    Case("the database in the default group", lambda e: e.one("AWS::RDS::DBInstance").pop("VPCSecurityGroups"), network.who_reaches_whom),
    Case("an open port 22", lambda e: _bastion_group(e).append(_everybody(22)), network.who_reaches_whom, "bastion"),
    Case("a key for the bastion", lambda e: _launch(e).update(KeyName="mine"), network.bastion, "bastion"),
    Case("old metadata at the bastion", lambda e: _launch(e)["MetadataOptions"].update(HttpTokens="optional"), network.bastion, "bastion"),
    Case("a bastion without its switch", lambda e: e.add("foundation", "B", "AWS::AutoScaling::AutoScalingGroup", AutoScalingGroupName="b"), network.bastion),
    Case("a missing tag", _tag_gone, network.tags),
    Case("another stage's tag", _wrong_tag, network.tags),
    Case("a tag that no stack puts on", _cache_tags_gone, network.tags),
    Case("instances without tags", _not_passed_on, network.tags, "bastion"),
)

PERMISSIONS: Final = (
    Case("no grant on the database", lambda e: _drop(_health(e), "rds-db:connect"), health.signs_in),
    Case("no grant on the database, by the table", lambda e: _drop(_health(e), "rds-db:connect"), permissions.permissions),
    Case("no grant on Redis", lambda e: _drop(_health(e), "elasticache:Connect"), health.signs_in),
    Case("no grant on OpenSearch", lambda e: _drop(_health(e), "es:ESHttpGet"), health.signs_in),
    Case("health as the owner", lambda e: _allow(_health(e), "rds-db:connect", "arn:aws:rds-db:*:*:dbuser:*/mocstack_owner"), permissions.permissions),
    Case("health at the instance itself", lambda e: _allow(_health(e), "rds-db:connect", "*"), database.through_the_proxy),
    Case("all of OpenSearch for health", lambda e: _allow(_health(e), "es:*", "*"), permissions.permissions),
    Case("the master's secret for health", lambda e: _allow(_health(e), "secretsmanager:GetSecretValue", "*"), permissions.permissions),
    Case("a call on everything", lambda e: _allow(_health(e), "s3:*", "*"), permissions.permissions),
    Case("all but one call", lambda e: _health(e).append({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), permissions.permissions),
    Case("a managed policy that may do anything", lambda e: e.one(ROLE, "function health").update(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]), permissions.permissions),
    Case("a role that anybody takes on", _wide_trust, permissions.permissions),
    Case("a role that is nobody's", lambda e: e.add("foundation", "Left", ROLE, AssumeRolePolicyDocument={"Statement": []}), permissions.permissions),
    Case("the network in the hands of the code", _deny_gone, permissions.network_denied_to_code),
    Case("no place in the network", lambda e: _drop(_health(e), "ec2:CreateNetworkInterface"), permissions.permissions),
    Case("no log for the function", lambda e: _drop(_health(e), "logs:PutLogEvents"), health.logs),
    Case("the proxy can't sign in", lambda e: _drop(_statements(e, POLICY, "DatabaseProxyRole"), "rds-db:connect"), database.proxy),
    Case("the proxy can't read the secret", lambda e: _drop(_statements(e, POLICY, "DatabaseProxyRole"), "secretsmanager:GetSecretValue"), database.proxy),
    Case("the proxy made before its policy", lambda e: e.body("AWS::RDS::DBProxy").pop("DependsOn"), database.proxy),
    Case("alarms that tell nobody", lambda e: e.one("AWS::CloudWatch::Alarm").update(AlarmActions=[]), permissions.alarms_publish),
    Case("alarms that may not publish", lambda e: e.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"].pop(), permissions.alarms_publish),
)
