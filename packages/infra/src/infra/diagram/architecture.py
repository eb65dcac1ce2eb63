"""What the picture shows, read from templates and from nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.names import own_name
from infra.assemblies import Stacks


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet.

    Attributes:
        zone: which of the two zones it is in, from 0.
        public: whether it is routed to the internet gateway.
        cidr: its addresses.
        nat_in: the stages that have a NAT gateway in it.
    """

    zone: int
    public: bool
    cidr: str
    nat_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is drawn as a box.

    Attributes:
        name: what the security groups call it, or the service.
        title: what it is.
        details: what differs between stages, a line each.
    """

    name: str
    title: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """A connection that security groups let through.

    Attributes:
        origin: who opens it.
        target: to whom.
        port: TCP port.
    """

    origin: str
    target: str
    port: int


@dataclass(frozen=True, slots=True)
class Architecture:
    """The whole picture.

    Attributes:
        cidr: the addresses of the VPC.
        subnets: the four subnets.
        things: the boxes, by name.
        arrows: the connections.
    """

    cidr: str
    subnets: tuple[Subnet, ...]
    things: Mapping[str, Thing]
    arrows: tuple[Arrow, ...]


def architecture(stages: Mapping[str, Stacks]) -> Architecture:
    """Return what the templates of the stages say.

    Args:
        stages: the templates of each stage, by its name, in the order in which they are told.
    """
    first = next(iter(stages.values()))
    things = [_thing(kind, stages) for kind in _KINDS]
    return Architecture(
        cidr=first.of_type("AWS::EC2::VPC")[0]["CidrBlock"],
        subnets=tuple(_subnets(stages)),
        things={thing.name: thing for thing in [*things, *_endpoints(first)]},
        arrows=tuple(sorted({arrow for stage, stacks in stages.items() for arrow in _arrows(stage, stacks)})),
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a box is read: of which resource, and which of its properties are told."""

    name: str
    title: str
    type: str
    told: Sequence[str]


OUTSIDE: Final = "outside"
"""What is neither of the stage nor in its VPC: AWS services, and the internet."""
_ANYWHERE: Final = "0.0.0.0/0"

_KINDS: Final = (
    _Kind("proxy", "RDS Proxy", "AWS::RDS::DBProxy", ()),
    _Kind("database", "PostgreSQL", "AWS::RDS::DBInstance", ("EngineVersion", "DBInstanceClass", "MultiAZ")),
    _Kind(
        "redis",
        "ElastiCache Redis",
        "AWS::ElastiCache::ReplicationGroup",
        ("CacheNodeType", "NumNodeGroups", "ReplicasPerNodeGroup", "NumCacheClusters"),
    ),
    _Kind("opensearch", "OpenSearch", "AWS::OpenSearchService::Domain", ("ClusterConfig",)),
    _Kind("bucket", "S3 bucket", "AWS::S3::Bucket", ("VersioningConfiguration",)),
)


def _thing(kind: _Kind, stages: Mapping[str, Stacks]) -> Thing:
    told: dict[str, list[str]] = {}
    for stage, stacks in stages.items():
        # Of several, such as a bucket of logs beside that of files, the one that there is something to say of.
        properties = max(stacks.of_type(kind.type), key=lambda given: sum(name in given for name in kind.told))
        said = ", ".join(word for name in kind.told if name in properties for word in _said(name, properties[name]))
        if said:
            told.setdefault(said, []).append(stage)
    return Thing(kind.name, kind.title, tuple(f"{', '.join(names)}: {said}" for said, names in told.items()))


def _said(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401  # a property: JSON of any form
    """Say the value of a property in words."""
    match name, value:
        case "MultiAZ", _:
            yield from ("standby in the other zone",) if value else ()
        case "EngineVersion" | "DBInstanceClass" | "CacheNodeType", _:
            yield str(value)
        case "NumNodeGroups" | "NumCacheClusters" | "ReplicasPerNodeGroup", _:
            yield _count(int(value), {"NumNodeGroups": "shard", "NumCacheClusters": "node"}.get(name, "replica"))
        case "ClusterConfig", _:
            yield f"{value['InstanceCount']} x {value['InstanceType']}"
            if value.get("DedicatedMasterEnabled"):
                yield f"{value['DedicatedMasterCount']} masters {value['DedicatedMasterType']}"
        case _:
            yield "versioned" if value["Status"] == "Enabled" else "not versioned"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _endpoints(stacks: Stacks) -> Iterator[Thing]:
    """Return the API with its routes, and the functions behind it."""
    routes = sorted(str(route["RouteKey"]) for route in stacks.of_type("AWS::ApiGatewayV2::Route"))
    yield Thing("api", "HTTP API", tuple(routes))
    within = [function for function in stacks.of_type("AWS::Lambda::Function") if "VpcConfig" in function]
    names = sorted(str(function["FunctionName"]).split("-", 2)[-1] for function in within)
    yield Thing("functions", "Lambda functions", tuple(names))
    yield Thing(OUTSIDE, "AWS services, internet", ("by NAT",))


def _subnets(stages: Mapping[str, Stacks]) -> Iterator[Subnet]:
    first = next(iter(stages.values()))
    for id_, properties in first.resources("AWS::EC2::Subnet"):
        tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
        nat_in = tuple(stage for stage, stacks in stages.items() if id_ in _with_nat(stacks))
        zone = int(properties["AvailabilityZone"]["Fn::Select"][0])
        yield Subnet(zone, tags["aws-cdk:subnet-type"] == "Public", properties["CidrBlock"], nat_in)


def _with_nat(stacks: Stacks) -> set[str]:
    return {nat["SubnetId"]["Ref"] for nat in stacks.of_type("AWS::EC2::NatGateway")}


def _arrows(stage: str, stacks: Stacks) -> Iterator[Arrow]:
    prefix = f"{own_name(stage)}-"
    groups = {
        id_: str(group["GroupName"]).removeprefix(prefix) for id_, group in stacks.resources("AWS::EC2::SecurityGroup")
    }
    for rule in stacks.of_type("AWS::EC2::SecurityGroupIngress"):
        origin, target = (groups[rule[end]["Fn::GetAtt"][0]] for end in ("SourceSecurityGroupId", "GroupId"))
        yield Arrow(origin, target, int(rule["FromPort"]))
    for id_, group in stacks.resources("AWS::EC2::SecurityGroup"):
        for rule in group.get("SecurityGroupEgress", ()):
            if rule["CidrIp"] == _ANYWHERE:
                yield Arrow(groups[id_], OUTSIDE, int(rule["FromPort"]))
