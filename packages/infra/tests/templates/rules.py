"""The rules of security groups, standalone and inline, as ports to and from groups and addresses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from .errors import UnreadableError
from .model import Json, Properties, Resource, Templates

_ALL: Final = "-1"
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """A range of ports of a protocol; of ICMP, everything of it."""

    protocol: str
    low: int
    high: int

    def __and__(self, other: "Ports") -> "Ports | None":
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Ports(self.protocol, low, high) if self.protocol == other.protocol and low <= high else None

    def __str__(self) -> str:
        return f"{self.protocol} {self.low}" + (f" to {self.high}" if self.high != self.low else "")


EVERYTHING: Final = (Ports("icmp", 0, 0), Ports("tcp", 0, _LAST_PORT), Ports("udp", 0, _LAST_PORT))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a group lets in or out.

    Attributes:
        ports: the ports.
        group: the group at the other end, if the rule names one.
        addresses: the addresses at the other end, if it names those.
    """

    ports: Ports
    group: str | None = None
    addresses: IPv4Network | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule of a stage.

    Attributes:
        ingress: by the group that lets in.
        egress: by the group that lets out.
    """

    ingress: dict[str, list[Rule]]
    egress: dict[str, list[Rule]]


class UnknownRuleError(UnreadableError):
    """A rule is of a form that this reader does not know."""


def rules_of(templates: Templates) -> Rules:
    """Return the rules of every group.

    A group without one rule outward has the one that EC2 gives every new group: everything, to everywhere.

    Raises:
        UnknownRuleError: a rule is of a form that is not known here.
    """
    groups = templates.of("AWS::EC2::SecurityGroup")
    inward: dict[str, list[Rule]] = {group.ref: [] for group in groups}
    outward: dict[str, list[Rule]] = {group.ref: [] for group in groups}
    for group in groups:
        inward[group.ref] += _read(group.get("SecurityGroupIngress", []), "Source")
        outward[group.ref] += _read(group.get("SecurityGroupEgress", []), "Destination")
    for resource, kept, end in _standalone(templates, inward, outward):
        if resource["GroupId"] not in kept:
            raise UnknownRuleError(f"{resource} is for a group of nobody: {resource['GroupId']}")
        kept[resource["GroupId"]] += _read([resource.properties], end)
    by_default = [Rule(ports, addresses=IPv4Network("0.0.0.0/0")) for ports in EVERYTHING]
    return Rules(inward, {group: given or by_default for group, given in outward.items()})


def _standalone(
    templates: Templates, inward: dict[str, list[Rule]], outward: dict[str, list[Rule]]
) -> Iterator[tuple[Resource, dict[str, list[Rule]], str]]:
    yield from ((each, inward, "Source") for each in templates.of("AWS::EC2::SecurityGroupIngress"))
    yield from ((each, outward, "Destination") for each in templates.of("AWS::EC2::SecurityGroupEgress"))


def _read(given: Iterable[Properties], end: str) -> Iterator[Rule]:
    for rule in given:
        group: str | None = rule.get(f"{end}SecurityGroupId")
        cidr: str | None = rule.get("CidrIp")
        if rule.get("CidrIpv6") and not cidr and not group:
            continue  # no subnet here has an IPv6 address; `routes` refuses one that has
        if (group is None) == (cidr is None):
            raise UnknownRuleError(f"a rule has neither a group nor IPv4 addresses at the other end: {dict(rule)}")
        network = IPv4Network(cidr) if cidr else None
        for ports in _ports(rule):
            yield Rule(ports, group, network)


def _ports(rule: Properties) -> tuple[Ports, ...]:
    protocol = str(rule["IpProtocol"])
    if protocol == _ALL:
        return EVERYTHING
    if protocol in ("tcp", "udp"):
        return (Ports(protocol, _number(rule["FromPort"]), _number(rule["ToPort"])),)
    if protocol == "icmp":
        return (Ports("icmp", 0, 0),)
    raise UnknownRuleError(f"the protocol {protocol} of a rule is not known here: {dict(rule)}")


def _number(value: Json) -> int:
    return int(value)
