"""What a resource gives once it exists, before it does: names, ids and attributes of the services' own forms.

Each is a pure function of the stack, the logical id and the properties. An attribute that no table here knows is an
error rather than a guess: add it, in the form that the service's documentation gives.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .model import Json, Properties


@dataclass(frozen=True, slots=True)
class Account:
    """The account and region that a stack is deployed to."""

    id: str
    region: str
    partition: str = "aws"

    def arn(self, service: str, resource: str, *, regional: bool = True, owned: bool = True) -> str:
        """Return the ARN of something of the account."""
        region = self.region if regional else ""
        return f"arn:{self.partition}:{service}:{region}:{self.id if owned else ''}:{resource}"


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource whose properties are resolved."""

    stack: str
    id: str
    type: str
    properties: Properties

    def hex(self, length: int) -> str:
        """Return hexadecimal digits that no other resource has."""
        return hashlib.sha256(f"{self.stack}/{self.id}".encode()).hexdigest()[:length]

    def named(self, name: str) -> str:
        """Return its name: the property's, or the one that CloudFormation would make."""
        given: str | None = self.properties.get(name)
        return given if given is not None else f"{self.stack}-{self.id[:24]}-{self.hex(12).upper()}"


Attribute = Callable[[Thing, Account], Json]


def _named(name: str) -> Attribute:
    return lambda thing, _: thing.named(name)


def _id(prefix: str, length: int = 17) -> Attribute:
    return lambda thing, _: prefix + thing.hex(length)


def _upper(prefix: str, length: int) -> Attribute:
    return lambda thing, _: prefix + thing.hex(length).upper()


def _arn(service: str, kind: str, name: Attribute, *, regional: bool = True, owned: bool = True) -> Attribute:
    return lambda thing, account: account.arn(service, kind + name(thing, account), regional=regional, owned=owned)


def _host(form: str) -> Attribute:
    """Return what makes a host name of a form, of the name `{name}`, digits `{hex}` and the region `{region}`."""

    def make(thing: Thing, account: Account) -> str:
        name = _REFS[thing.type](thing, account)
        return form.format(name=name, hex=thing.hex(12), region=account.region)

    return make


def _function_name(thing: Thing, _: Account) -> str:
    return thing.named("FunctionName")[:64]


def _path_name(name: str) -> Attribute:
    """Return what makes the end of an IAM ARN: the path and the name."""
    return lambda thing, _: thing.properties.get("Path", "/")[1:] + thing.named(name)[:64]


_REFS: Final[Mapping[str, Attribute]] = {
    "AWS::ApiGatewayV2::Api": _id("", 10),
    "AWS::ApiGatewayV2::Integration": _id("", 7),
    "AWS::ApiGatewayV2::Route": _id("", 7),
    "AWS::ApiGatewayV2::Stage": _named("StageName"),
    "AWS::AutoScaling::AutoScalingGroup": _named("AutoScalingGroupName"),
    "AWS::CloudFront::CachePolicy": _id("", 32),
    "AWS::CloudFront::Distribution": _upper("E", 13),
    "AWS::CloudFront::KeyGroup": _id("", 32),
    "AWS::CloudFront::OriginAccessControl": _upper("E", 13),
    "AWS::CloudFront::PublicKey": _upper("K", 13),
    "AWS::CloudFront::ResponseHeadersPolicy": _id("", 32),
    "AWS::CloudWatch::Alarm": _named("AlarmName"),
    "AWS::CloudWatch::CompositeAlarm": _named("AlarmName"),
    "AWS::CloudWatch::Dashboard": _named("DashboardName"),
    "AWS::EC2::EIP": lambda thing, _: f"198.51.100.{int(thing.hex(2), 16)}",
    "AWS::EC2::FlowLog": _id("fl-"),
    "AWS::EC2::InternetGateway": _id("igw-"),
    "AWS::EC2::LaunchTemplate": _id("lt-"),
    "AWS::EC2::NatGateway": _id("nat-"),
    "AWS::EC2::Route": _id("r-", 10),
    "AWS::EC2::RouteTable": _id("rtb-"),
    "AWS::EC2::SecurityGroup": _id("sg-"),
    "AWS::EC2::SecurityGroupEgress": _id("sgr-"),
    "AWS::EC2::SecurityGroupIngress": _id("sgr-"),
    "AWS::EC2::Subnet": _id("subnet-"),
    "AWS::EC2::SubnetRouteTableAssociation": _id("rtbassoc-"),
    "AWS::EC2::VPC": _id("vpc-"),
    "AWS::EC2::VPCEndpoint": _id("vpce-"),
    "AWS::EC2::VPCGatewayAttachment": _id("IGW|vpc-"),
    "AWS::ElastiCache::ParameterGroup": lambda thing, _: thing.named("CacheParameterGroupName").lower(),
    "AWS::ElastiCache::ReplicationGroup": lambda thing, _: thing.named("ReplicationGroupId").lower()[:40],
    "AWS::ElastiCache::SubnetGroup": lambda thing, _: thing.named("CacheSubnetGroupName").lower(),
    "AWS::ElastiCache::User": _named("UserId"),
    "AWS::ElastiCache::UserGroup": _named("UserGroupId"),
    "AWS::Events::Rule": _named("Name"),
    "AWS::IAM::InstanceProfile": _named("InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": _arn("iam", "policy/", _path_name("ManagedPolicyName"), regional=False),
    "AWS::IAM::Policy": _named("PolicyName"),
    "AWS::IAM::Role": lambda thing, _: thing.named("RoleName")[:64],
    "AWS::KMS::Key": lambda thing, _: f"{thing.hex(8)}-{thing.hex(4)}-4{thing.hex(3)}-8{thing.hex(3)}-{thing.hex(12)}",
    "AWS::KMS::Alias": _named("AliasName"),
    "AWS::Lambda::Function": _function_name,
    "AWS::Lambda::Permission": _id("", 16),
    "AWS::Logs::LogGroup": _named("LogGroupName"),
    "AWS::Logs::MetricFilter": _named("FilterName"),
    "AWS::Logs::QueryDefinition": _id("", 32),
    "AWS::Logs::ResourcePolicy": _named("PolicyName"),
    "AWS::OpenSearchService::Domain": lambda thing, _: thing.named("DomainName").lower()[:28],
    "AWS::RDS::DBInstance": lambda thing, _: thing.named("DBInstanceIdentifier").lower()[:63],
    "AWS::RDS::DBParameterGroup": lambda thing, _: thing.named("DBParameterGroupName").lower(),
    "AWS::RDS::DBProxy": _named("DBProxyName"),
    "AWS::RDS::DBProxyTargetGroup": _arn("rds", "target-group:prx-tg-", _id("", 17)),
    "AWS::RDS::DBSubnetGroup": lambda thing, _: thing.named("DBSubnetGroupName").lower(),
    "AWS::S3::Bucket": lambda thing, _: thing.named("BucketName").lower()[:63],
    "AWS::S3::BucketPolicy": lambda thing, _: thing.properties["Bucket"],
    "AWS::SNS::Subscription": _arn("sns", "", lambda thing, _: thing.hex(32)),
    "AWS::SNS::Topic": _arn("sns", "", _named("TopicName")),
    "AWS::SNS::TopicPolicy": _id("", 16),
    "AWS::SSM::Document": _named("Name"),
    "AWS::SecretsManager::Secret": _arn(
        "secretsmanager", "secret:", lambda thing, _: f"{thing.named('Name')}-{thing.hex(6)}"
    ),
}


def _of(type_: str) -> Attribute:
    return _REFS[type_]


def _port(number: str) -> Attribute:
    return lambda thing, _: str(thing.properties.get("Port", number))


def _master_secret(thing: Thing, account: Account) -> str:
    uuid = f"{thing.hex(8)}-{thing.hex(4)}-4{thing.hex(3)}-8{thing.hex(3)}-{thing.hex(12)}"
    return account.arn("secretsmanager", f"secret:rds!db-{uuid}-{thing.hex(6)}")


def _first_version(_: Thing, __: Account) -> str:
    return "1"


_REPLICATION = "AWS::ElastiCache::ReplicationGroup"
_PROXY = "AWS::RDS::DBProxy"
_DATABASE = "AWS::RDS::DBInstance"
_DOMAIN = "AWS::OpenSearchService::Domain"


def _cache_host(prefix: str) -> Attribute:
    return _host(prefix + ".{hex:.6}.use1.cache.amazonaws.com")


_ATTRIBUTES: Final[Mapping[str, Mapping[str, Attribute]]] = {
    "AWS::ApiGatewayV2::Api": {
        "ApiEndpoint": _host("https://{name}.execute-api.{region}.amazonaws.com"),
        "ApiId": _of("AWS::ApiGatewayV2::Api"),
    },
    "AWS::CloudFront::CachePolicy": {"Id": _of("AWS::CloudFront::CachePolicy")},
    "AWS::CloudFront::Distribution": {
        "DomainName": _host("d{hex}.cloudfront.net"),
        "Id": _of("AWS::CloudFront::Distribution"),
    },
    "AWS::CloudFront::KeyGroup": {"Id": _of("AWS::CloudFront::KeyGroup")},
    "AWS::CloudFront::OriginAccessControl": {"Id": _of("AWS::CloudFront::OriginAccessControl")},
    "AWS::CloudFront::PublicKey": {"Id": _of("AWS::CloudFront::PublicKey")},
    "AWS::CloudFront::ResponseHeadersPolicy": {"Id": _of("AWS::CloudFront::ResponseHeadersPolicy")},
    "AWS::CloudWatch::Alarm": {"Arn": _arn("cloudwatch", "alarm:", _of("AWS::CloudWatch::Alarm"))},
    "AWS::CloudWatch::CompositeAlarm": {"Arn": _arn("cloudwatch", "alarm:", _of("AWS::CloudWatch::CompositeAlarm"))},
    "AWS::EC2::EIP": {"AllocationId": _id("eipalloc-"), "PublicIp": _of("AWS::EC2::EIP")},
    "AWS::EC2::LaunchTemplate": {
        "LatestVersionNumber": _first_version,
        "LaunchTemplateId": _of("AWS::EC2::LaunchTemplate"),
        "DefaultVersionNumber": _first_version,
    },
    "AWS::EC2::SecurityGroup": {
        "GroupId": _of("AWS::EC2::SecurityGroup"),
        "VpcId": lambda thing, _: thing.properties["VpcId"],
    },
    "AWS::EC2::Subnet": {
        "AvailabilityZone": lambda thing, _: thing.properties["AvailabilityZone"],
        "SubnetId": _of("AWS::EC2::Subnet"),
        "VpcId": lambda thing, _: thing.properties["VpcId"],
    },
    "AWS::EC2::VPC": {
        "CidrBlock": lambda thing, _: thing.properties["CidrBlock"],
        "DefaultSecurityGroup": _id("sg-0"),
        "VpcId": _of("AWS::EC2::VPC"),
    },
    _REPLICATION: {
        "ConfigurationEndPoint.Address": _cache_host("clustercfg.{name}"),
        "ConfigurationEndPoint.Port": _port("6379"),
        "PrimaryEndPoint.Address": _cache_host("master.{name}"),
        "PrimaryEndPoint.Port": _port("6379"),
        "ReaderEndPoint.Address": _cache_host("replica.{name}"),
    },
    "AWS::ElastiCache::User": {"Arn": _arn("elasticache", "user:", _of("AWS::ElastiCache::User"))},
    "AWS::ElastiCache::UserGroup": {"Arn": _arn("elasticache", "usergroup:", _of("AWS::ElastiCache::UserGroup"))},
    "AWS::Events::Rule": {"Arn": _arn("events", "rule/", _of("AWS::Events::Rule"))},
    "AWS::IAM::InstanceProfile": {
        "Arn": _arn("iam", "instance-profile/", _path_name("InstanceProfileName"), regional=False)
    },
    "AWS::IAM::Role": {
        "Arn": _arn("iam", "role/", _path_name("RoleName"), regional=False),
        "RoleId": _upper("AROA", 17),
    },
    "AWS::KMS::Key": {"Arn": _arn("kms", "key/", _of("AWS::KMS::Key")), "KeyId": _of("AWS::KMS::Key")},
    "AWS::Lambda::Function": {"Arn": _arn("lambda", "function:", _function_name)},
    "AWS::Logs::LogGroup": {
        "Arn": lambda thing, account: account.arn("logs", f"log-group:{thing.named('LogGroupName')}:*")
    },
    _DOMAIN: {
        "Arn": _arn("es", "domain/", _of(_DOMAIN)),
        "DomainArn": _arn("es", "domain/", _of(_DOMAIN)),
        "DomainEndpoint": _host("vpc-{name}-{hex}{hex}aa.{region}.es.amazonaws.com"),
        "Id": lambda thing, account: f"{account.id}/{_REFS[_DOMAIN](thing, account)}",
    },
    _DATABASE: {
        "DBInstanceArn": _arn("rds", "db:", _of(_DATABASE)),
        "DbiResourceId": _upper("db-", 26),
        "Endpoint.Address": _host("{name}.{hex}.{region}.rds.amazonaws.com"),
        "Endpoint.Port": _port("5432"),
        "MasterUserSecret.SecretArn": _master_secret,
    },
    _PROXY: {
        "DBProxyArn": _arn("rds", "db-proxy:", _id("prx-0", 16)),
        "Endpoint": _host("{name}.proxy-{hex}.{region}.rds.amazonaws.com"),
        "VpcId": _id("vpc-"),
    },
    "AWS::RDS::DBProxyTargetGroup": {"TargetGroupArn": _of("AWS::RDS::DBProxyTargetGroup")},
    "AWS::S3::Bucket": {
        "Arn": _arn("s3", "", _of("AWS::S3::Bucket"), regional=False, owned=False),
        "DomainName": _host("{name}.s3.amazonaws.com"),
        "RegionalDomainName": _host("{name}.s3.{region}.amazonaws.com"),
    },
    "AWS::SNS::Topic": {"TopicArn": _of("AWS::SNS::Topic"), "TopicName": _named("TopicName")},
    "AWS::SecretsManager::Secret": {"Id": _of("AWS::SecretsManager::Secret")},
}


def _is_custom(type_: str) -> bool:
    return type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource"


def ref_of(thing: Thing, account: Account) -> str:
    """Return what `Ref` gives of a resource.

    Raises:
        LookupError: no table here knows the type.
    """
    if _is_custom(thing.type):
        return f"{thing.stack}-{thing.id}"
    if thing.type not in _REFS:
        raise LookupError(f"{thing.id}: what Ref of {thing.type} gives is not known: add it to standins.py")
    return _REFS[thing.type](thing, account)


def attribute_of(thing: Thing, attribute: str, account: Account) -> Json:
    """Return what `Fn::GetAtt` gives of a resource.

    Raises:
        LookupError: no table here knows the attribute of that type.
    """
    if _is_custom(thing.type):
        return f"{thing.id}.{attribute}"
    known = _ATTRIBUTES.get(thing.type, {})
    if attribute not in known:
        raise LookupError(f"{thing.id}: {thing.type} is not known to have {attribute}: add it to standins.py")
    return known[attribute](thing, account)
