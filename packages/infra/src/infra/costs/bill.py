"""The sum over a stage's templates: an item for each resource that costs, and for what its use costs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from infra.errors import InfraError

from . import prices
from .free import FREE
from .traffic import LITTLE, Traffic

Template: TypeAlias = Mapping[str, Any]
"""A synthesized template: JSON, whose exact form no type can say."""


class UnpricedError(InfraError):
    """The templates have something that no price is known of."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no price is known of {what}: add it to infra/costs/, as a price or as free")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill.

    Attributes:
        service: the AWS service.
        what: what is paid for.
        dollars: a month.
        use: whether it grows with the use of the stage, and so rests on `Traffic`.
    """

    service: str
    what: str
    dollars: float
    use: bool = False


@dataclass(frozen=True, slots=True)
class _Resource:
    type: str
    given: Template


def monthly(templates: Sequence[Template], *, traffic: Traffic = LITTLE) -> tuple[Item, ...]:
    """Return what a stage costs a month of 730 hours in us-east-1, by service.

    Args:
        templates: its templates, as they are deployed: foundation and application.
        traffic: how it is used.

    Raises:
        UnpricedError: something in them has no price here, and is not known to be free.
    """
    resources = [
        _Resource(body["Type"], body.get("Properties", {}))
        for template in templates
        for body in template["Resources"].values()
    ]
    lines: dict[tuple[str, str, bool], float] = {}
    for item in (*_of_resources(resources), *_of_use(resources, traffic)):
        key = (item.service, item.what, item.use)
        lines[key] = lines.get(key, 0) + item.dollars
    return tuple(Item(service, what, dollars, use) for (service, what, use), dollars in sorted(lines.items()))


def total(items: Sequence[Item]) -> float:
    """Return the sum of a bill, in dollars."""
    return sum(item.dollars for item in items)


def _of_resources(resources: Sequence[_Resource]) -> Iterator[Item]:
    for resource in resources:
        if resource.type in _PRICED:
            yield from _PRICED[resource.type](resource.given, resources)
        elif resource.type not in FREE and resource.type not in _BY_USE:
            raise UnpricedError(resource.type)


def _price(table: Mapping[str, float], type_: str) -> float:
    if type_ not in table:
        raise UnpricedError(type_)
    return table[type_]


def _hours(dollars: float) -> float:
    return dollars * prices.HOURS


def _nat(_: Template, __: Sequence[_Resource]) -> Iterator[Item]:
    yield Item("VPC", "NAT gateways", _hours(prices.NAT_HOUR))


def _address(_: Template, __: Sequence[_Resource]) -> Iterator[Item]:
    yield Item("VPC", "public addresses", _hours(prices.PUBLIC_ADDRESS_HOUR))


def _endpoint(given: Template, _: Sequence[_Resource]) -> Iterator[Item]:
    if given.get("VpcEndpointType", "Gateway") != "Gateway":
        raise UnpricedError(f"an endpoint of type {given['VpcEndpointType']}")
    yield from ()


def _database(given: Template, _: Sequence[_Resource]) -> Iterator[Item]:
    copies = 2 if given.get("MultiAZ") else 1
    class_ = given["DBInstanceClass"]
    yield Item("RDS", f"{class_}, {copies} of it", copies * _hours(_price(prices.DATABASE_HOUR, class_)))
    yield Item("RDS", "storage", copies * int(given["AllocatedStorage"]) * prices.DATABASE_GB)
    if given.get("ManageMasterUserPassword"):
        yield Item("Secrets Manager", "secrets", prices.SECRET)


def _proxy(_: Template, resources: Sequence[_Resource]) -> Iterator[Item]:
    for resource in resources:
        if resource.type == "AWS::RDS::DBInstance":
            vcpus = max(2, _price(prices.DATABASE_VCPUS, resource.given["DBInstanceClass"]))
            yield Item("RDS", "RDS Proxy", vcpus * _hours(prices.PROXY_VCPU_HOUR))


def _cache(given: Template, _: Sequence[_Resource]) -> Iterator[Item]:
    shards, copies = given.get("NumNodeGroups", 1), 1 + given.get("ReplicasPerNodeGroup", 0)
    nodes, type_ = given.get("NumCacheClusters", shards * copies), given["CacheNodeType"]
    yield Item("ElastiCache", f"{type_}, {nodes} of it", nodes * _hours(_price(prices.CACHE_HOUR, type_)))


def _search(given: Template, _: Sequence[_Resource]) -> Iterator[Item]:
    cluster = given["ClusterConfig"]
    count, type_ = cluster["InstanceCount"], cluster["InstanceType"]
    yield Item("OpenSearch", f"{type_}, {count} of it", count * _hours(_price(prices.SEARCH_HOUR, type_)))
    yield Item("OpenSearch", "storage", count * given["EBSOptions"]["VolumeSize"] * prices.SEARCH_GB)
    if cluster.get("DedicatedMasterEnabled"):
        count, type_ = cluster["DedicatedMasterCount"], cluster["DedicatedMasterType"]
        each = _hours(_price(prices.SEARCH_HOUR, type_))
        yield Item("OpenSearch", f"{type_} as master, {count} of it", count * each)


def _bastion(given: Template, resources: Sequence[_Resource]) -> Iterator[Item]:
    count = int(given.get("DesiredCapacity", given["MaxSize"]))
    for resource in resources:
        if resource.type == "AWS::EC2::LaunchTemplate":
            data = resource.given["LaunchTemplateData"]
            type_ = data["InstanceType"]
            disks = sum(disk["Ebs"]["VolumeSize"] for disk in data.get("BlockDeviceMappings", []))
            yield Item("EC2", f"{type_} as bastion", count * _hours(_price(prices.INSTANCE_HOUR, type_)))
            yield Item("EC2", "volumes", count * disks * prices.VOLUME_GB)
            yield Item("VPC", "public addresses", count * _hours(prices.PUBLIC_ADDRESS_HOUR))
            if data.get("Monitoring", {}).get("Enabled"):
                yield Item("CloudWatch", "metrics of the bastion", count * prices.DETAILED_METRICS * prices.METRIC)


def _each(service: str, what: str, dollars: float) -> "_Price":
    return lambda _, __: iter([Item(service, what, dollars)])


_Price: TypeAlias = Callable[[Template, Sequence[_Resource]], Iterator[Item]]

_PRICED: Final[Mapping[str, _Price]] = {
    "AWS::AutoScaling::AutoScalingGroup": _bastion,
    "AWS::CloudWatch::Alarm": _each("CloudWatch", "alarms", prices.ALARM),
    "AWS::CloudWatch::CompositeAlarm": _each("CloudWatch", "alarms", prices.COMPOSITE_ALARM),
    "AWS::CloudWatch::Dashboard": _each("CloudWatch", "dashboard", prices.DASHBOARD),
    "AWS::EC2::EIP": _address,
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ElastiCache::ReplicationGroup": _cache,
    "AWS::OpenSearchService::Domain": _search,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBProxy": _proxy,
    "AWS::SecretsManager::Secret": _each("Secrets Manager", "secrets", prices.SECRET),
}

_BY_USE: Final = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::CloudFront::Distribution",
        "AWS::EC2::FlowLog",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
    }
)
"""What is paid by its use alone: `_of_use` has it."""


def _of_use(resources: Sequence[_Resource], traffic: Traffic) -> Iterator[Item]:
    memory = max(
        (each.given.get("MemorySize", 128) for each in resources if each.type == "AWS::Lambda::Function"), default=0
    )
    seconds = traffic.requests * traffic.seconds * memory / 1024
    there = {each.type for each in resources}
    yield Item("Lambda", "invocations", traffic.requests * prices.REQUEST + seconds * prices.GB_SECOND, use=True)
    yield Item("API Gateway", "requests", traffic.requests * prices.API_REQUEST, use=True)
    yield Item("CloudWatch", "logs", traffic.logs_gb * (prices.LOGS_GB + prices.LOGS_KEPT_GB), use=True)
    if "AWS::EC2::NatGateway" in there:
        yield Item("VPC", "data through NAT", traffic.nat_gb * prices.NAT_GB, use=True)
    requests = traffic.file_requests * (prices.GET + prices.PUT / 10)
    yield Item("S3", "files", traffic.files_gb * prices.FILES_GB + requests, use=True)
    if "AWS::CloudFront::Distribution" in there:
        served = traffic.files_gb * prices.CDN_GB + traffic.file_requests * prices.CDN_REQUEST
        yield Item("CloudFront", "files served", served, use=True)
