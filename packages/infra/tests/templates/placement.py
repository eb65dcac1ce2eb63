"""Where each part of a stage is in the network: its subnets, its security groups, whether it has a public address.

Read from the resources themselves, so that a part that has slipped out of its place shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .errors import UnreadableError
from .model import Resource, Templates


class UnplacedError(UnreadableError):
    """A part does not say where it is, or says it in a way that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Party:
    """Something that opens connections, or takes them.

    Attributes:
        name: what it is; of a function, `function` and its manifest name.
        groups: its security groups.
        subnets: the subnets that it has interfaces in.
        public: whether it asks for a public address, None where its subnet decides.
    """

    name: str
    groups: frozenset[str]
    subnets: frozenset[str]
    public: bool | None = False

    def __str__(self) -> str:
        return self.name


def parties(templates: Templates) -> tuple[Party, ...]:
    """Return every part of a stage that is in the network.

    Raises:
        UnplacedError: a part is in the network by default rather than by what it says.
    """
    found = (
        *_functions(templates),
        *(_proxy(each) for each in templates.of("AWS::RDS::DBProxy")),
        *(_database(templates, each) for each in templates.of("AWS::RDS::DBInstance")),
        *(_redis(templates, each) for each in templates.of("AWS::ElastiCache::ReplicationGroup")),
        *(_opensearch(each) for each in templates.of("AWS::OpenSearchService::Domain")),
        *(_bastion(templates, each) for each in templates.of("AWS::AutoScaling::AutoScalingGroup")),
    )
    for party in found:
        if not party.groups or not party.subnets:
            raise UnplacedError(f"{party} names no security group or no subnet: it would get the VPC's default ones")
    return found


def outside(templates: Templates) -> list[Resource]:
    """Return the functions that are in no network of ours: they reach the internet, and nothing of the stage."""
    return [each for each in templates.of("AWS::Lambda::Function") if not each.get("VpcConfig")]


def function_name(templates: Templates, function: Resource) -> str:
    """Return the manifest's name of a function."""
    return function.ref.removeprefix(templates.config.named(""))


def _functions(templates: Templates) -> Iterator[Party]:
    for function in templates.of("AWS::Lambda::Function"):
        place = function.get("VpcConfig")
        if place:
            name = f"function {function_name(templates, function)}"
            yield Party(name, frozenset(place["SecurityGroupIds"]), frozenset(place["SubnetIds"]))


def _proxy(proxy: Resource) -> Party:
    return Party("proxy", frozenset(proxy.get("VpcSecurityGroupIds", [])), frozenset(proxy["VpcSubnetIds"]))


def _database(templates: Templates, database: Resource) -> Party:
    subnets = templates.by_ref(database["DBSubnetGroupName"], "AWS::RDS::DBSubnetGroup")["SubnetIds"]
    # Without a word on it, RDS decides by the subnets: in ours, none of which is public by default, it says no.
    public = database.get("PubliclyAccessible")
    return Party("database", frozenset(database.get("VPCSecurityGroups", [])), frozenset(subnets), public)


def _redis(templates: Templates, group: Resource) -> Party:
    subnets = templates.by_ref(group["CacheSubnetGroupName"], "AWS::ElastiCache::SubnetGroup")["SubnetIds"]
    return Party("redis", frozenset(group.get("SecurityGroupIds", [])), frozenset(subnets))


def _opensearch(domain: Resource) -> Party:
    place = domain.get("VPCOptions")
    if not place:
        raise UnplacedError("opensearch is in no VPC: its endpoint is public")
    return Party("opensearch", frozenset(place.get("SecurityGroupIds", [])), frozenset(place["SubnetIds"]))


def _bastion(templates: Templates, group: Resource) -> Party:
    used = group.get("LaunchTemplate") or group["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]
    template = templates.by_ref(used["LaunchTemplateId"], "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    interfaces = template.get("NetworkInterfaces", [])
    groups = {each for interface in interfaces for each in interface.get("Groups", [])}
    public = next((each["AssociatePublicIpAddress"] for each in interfaces if "AssociatePublicIpAddress" in each), None)
    return Party(
        "bastion",
        frozenset(groups | set(template.get("SecurityGroupIds", []))),
        frozenset(group["VPCZoneIdentifier"]),
        public,
    )
