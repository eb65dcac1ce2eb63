"""Physical names, and how long each service lets them be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .model import Resource, Template, Templates


@dataclass(frozen=True, slots=True)
class Name:
    """A name that somebody else in the account could have taken.

    Attributes:
        kind: of what kind of thing: names of one kind are unique together.
        text: the name.
        where: whose it is.
    """

    kind: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a service takes as a name, as its API reference documents it."""

    property: str
    most: int
    pattern: str
    scope: str = "region"


RULES: Final[dict[str, Rule]] = {
    "AWS::ApiGatewayV2::Api": Rule("Name", 128, r".+", "nobody"),
    "AWS::AutoScaling::AutoScalingGroup": Rule("AutoScalingGroupName", 255, r"[^\r\n:]+"),
    "AWS::CloudWatch::Alarm": Rule("AlarmName", 255, r"[^\x00-\x1f]+"),
    "AWS::CloudWatch::Dashboard": Rule("DashboardName", 255, r"[A-Za-z0-9_-]+"),
    "AWS::EC2::LaunchTemplate": Rule("LaunchTemplateName", 128, r"[a-zA-Z0-9().\-/_]{3,}"),
    "AWS::EC2::SecurityGroup": Rule("GroupName", 255, r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+", "vpc"),
    "AWS::ElastiCache::ReplicationGroup": Rule("ReplicationGroupId", 40, r"[a-z](-?[a-z0-9])*"),
    "AWS::ElastiCache::SubnetGroup": Rule("CacheSubnetGroupName", 255, r"[a-z0-9-]+"),
    "AWS::ElastiCache::User": Rule("UserId", 40, r"[a-z](-?[a-z0-9])*"),
    "AWS::ElastiCache::UserGroup": Rule("UserGroupId", 40, r"[a-z](-?[a-z0-9])*"),
    "AWS::IAM::Role": Rule("RoleName", 64, r"[\w+=,.@-]+", "account"),
    "AWS::Lambda::Function": Rule("FunctionName", 64, r"[a-zA-Z0-9_-]+"),
    "AWS::Logs::LogGroup": Rule("LogGroupName", 512, r"[.\-_/#A-Za-z0-9]+"),
    "AWS::OpenSearchService::Domain": Rule("DomainName", 28, r"[a-z][a-z0-9-]{2,}"),
    "AWS::RDS::DBInstance": Rule("DBInstanceIdentifier", 63, r"[a-z](-?[a-z0-9])*"),
    "AWS::RDS::DBParameterGroup": Rule("DBParameterGroupName", 255, r"[a-z](-?[a-z0-9])*"),
    "AWS::RDS::DBProxy": Rule("DBProxyName", 60, r"[a-zA-Z](-?[a-zA-Z0-9])*"),
    "AWS::RDS::DBSubnetGroup": Rule("DBSubnetGroupName", 255, r"[a-zA-Z0-9 ._-]+"),
    "AWS::S3::Bucket": Rule("BucketName", 63, r"[a-z0-9][a-z0-9-]+[a-z0-9]", "world"),
    "AWS::SNS::Topic": Rule("TopicName", 256, r"[A-Za-z0-9_-]+"),
}
"""By type: the property that names it, and what the service takes. A type that has such a property and no row here is
found by `unknown_names`."""

_NESTED: Final = {
    "AWS::CloudFront::KeyGroup": ("KeyGroupConfig", "Name", 128),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name", 64),
    "AWS::CloudFront::PublicKey": ("PublicKeyConfig", "Name", 128),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name", 128),
}
"""Likewise where the name is a level deeper."""

_NAMED: Final = re.compile(r"(.*Name|.*Identifier|ReplicationGroupId|UserId|UserGroupId)$")
_REFERENCES: Final = frozenset(
    {
        ("AWS::ApiGatewayV2::Stage", "StageName"),  # unique within its API
        ("AWS::EC2::FlowLog", "LogGroupName"),
        ("AWS::EC2::VPCEndpoint", "ServiceName"),
        ("AWS::ElastiCache::ReplicationGroup", "CacheParameterGroupName"),
        ("AWS::ElastiCache::ReplicationGroup", "CacheSubnetGroupName"),
        ("AWS::ElastiCache::User", "UserName"),  # unique within its group
        ("AWS::IAM::Policy", "PolicyName"),  # unique within its role
        ("AWS::Lambda::Permission", "FunctionName"),
        ("AWS::CloudWatch::Alarm", "MetricName"),
        ("AWS::RDS::DBInstance", "DBName"),  # unique within the instance
        ("AWS::RDS::DBInstance", "DBParameterGroupName"),
        ("AWS::RDS::DBInstance", "DBSubnetGroupName"),
        ("AWS::RDS::DBProxyTargetGroup", "DBProxyName"),
        ("AWS::RDS::DBProxyTargetGroup", "TargetGroupName"),
        ("AWS::SNS::Topic", "DisplayName"),
    }
)
"""Properties that look like a name and are none of the account's: references, and names within something else."""

_EXPORT: Final = 255


def names(templates: Templates) -> Iterator[Name]:
    """Return the names that a stage takes for itself: those of its resources, stacks and exports."""
    for template in (templates.foundation, templates.application):
        yield Name("stack", template.name, "the stack itself")
        yield from (Name("export", name, template.name) for name in template.exports)
    for resource in templates.all():
        text, rule = _given(resource)
        if text is not None and (rule is None or rule.scope not in ("vpc", "nobody")):
            yield Name(resource.type, text, str(resource))


def _given(resource: Resource) -> tuple[str | None, Rule | None]:
    if resource.type in _NESTED:
        outer, inner, _ = _NESTED[resource.type]
        return resource[outer][inner], None
    rule = RULES.get(resource.type)
    return (resource.get(rule.property), rule) if rule else (None, None)


def unfit_names(templates: Templates) -> Iterator[str]:
    """Report names that a service would refuse, and those of kinds that are not known here."""
    for resource in templates.all():
        text, rule = _given(resource)
        if text is None:
            yield from _unknown(resource)
            continue
        most = rule.most if rule else _NESTED[resource.type][2]
        if len(text) > most:
            yield f"{resource} has a name of {len(text)} characters, of {most} at most: {text}"
        if rule and not re.fullmatch(rule.pattern, text):
            yield f"{resource} has a name that the service does not take: {text}"
    for template in (templates.foundation, templates.application):
        for name in template.exports:
            if len(name) > _EXPORT:
                yield f"the export {name} is longer than {_EXPORT} characters"


def _unknown(resource: Resource) -> Iterator[str]:
    for property_ in resource.properties:
        known = (resource.type, property_) in _REFERENCES or resource.type in RULES
        if _NAMED.match(property_) and not known and not resource.type.startswith("Custom::"):
            yield f"{resource} has {property_}: whether that is a name of its own is not known to the table of names"


def oversized(templates: Templates) -> Iterator[str]:
    """Report what is beyond CloudFormation's quotas: 1 MB, 500 resources, 200 outputs and 200 parameters a template."""
    for template in (templates.foundation, templates.application):
        body, text = templates.written.bodies[template.part], templates.written.texts[template.part]
        for what, count, most in (
            ("bytes", len(text.encode()), 1_000_000),
            ("resources", len(body["Resources"]), 500),
            ("outputs", len(body.get("Outputs", {})), 200),
            ("parameters", len(body.get("Parameters", {})), 200),
        ):
            if count > most:
                yield f"{template.name} has {count} {what}, of {most} at most"
        yield from _long_values(template)


def _long_values(template: Template) -> Iterator[str]:
    for name, value in template.outputs.items():
        if len(str(value).encode()) > 4096:
            yield f"the output {name} of {template.name} is longer than 4096 bytes"
    for resource in template.resources.values():
        if resource.type == "AWS::Lambda::Function":
            variables = resource.get("Environment", {}).get("Variables", {})
            size = sum(len(name) + len(str(value)) for name, value in variables.items())
            if size > 4096:
                yield f"the environment of {resource} has {size} bytes, of 4096 at most (Lambda's quota)"
        if resource.type == "AWS::IAM::Role" and len(resource.ref) > 64:
            yield f"the name of {resource} is longer than 64 characters"
