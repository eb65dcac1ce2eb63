"""Who can open a connection to whom, and on which ports: from placement, rules and routes together."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from .model import Templates
from .placement import Party, parties
from .routes import Subnet, subnets
from .rules import Ports, Rule, Rules, rules_of

INTERNET: Final = "internet"
"""Everything that is not in the VPC: AWS services too, which have public addresses."""
S3: Final = "s3 by its endpoint"

# The blocks of IANA's special-purpose registry that no host on the internet has an address of.
_NOWHERE: Final = tuple(
    map(
        IPv4Network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)


@dataclass(frozen=True, slots=True, order=True)
class Connection:
    """A connection that is possible."""

    origin: str
    target: str
    ports: Ports

    def __str__(self) -> str:
        return f"{self.origin} to {self.target}, {self.ports}"


def connections(templates: Templates) -> frozenset[Connection]:
    """Return every connection that is possible between two parts of a stage, S3, and the internet."""
    return _Network(templates).connections()


class _Network:
    def __init__(self, templates: Templates) -> None:
        self._parties = parties(templates)
        self._rules: Rules = rules_of(templates)
        self._subnets: dict[str, Subnet] = subnets(templates)

    def connections(self) -> frozenset[Connection]:
        return frozenset((*self._within(), *self._out(), *self._in()))

    def _within(self) -> Iterator[Connection]:
        for origin in self._parties:
            for target in self._parties:
                if origin is not target:
                    # Within a VPC there is always a route.
                    leaving = self._ports(self._rules.egress, origin, target)
                    entering = self._ports(self._rules.ingress, target, origin)
                    for ports in _common(leaving, entering):
                        yield Connection(origin.name, target.name, ports)

    def _out(self) -> Iterator[Connection]:
        for party in self._parties:
            allowed = _union(rule.ports for rule in self._given(self._rules.egress, party) if _reaches_out(rule))
            homes = [self._subnets[id_] for id_ in party.subnets]
            for ports in allowed:
                # By any of its subnets counts: what may be reached must not depend on where a part happens to start.
                if any(self._gets_out(party, home) for home in homes):
                    yield Connection(party.name, INTERNET, ports)
                if all(home.s3 for home in homes):
                    yield Connection(party.name, S3, ports)

    def _in(self) -> Iterator[Connection]:
        for party in self._parties:
            if any(self._is_public(party, self._subnets[id_]) for id_ in party.subnets):
                entering = (rule.ports for rule in self._given(self._rules.ingress, party) if _reaches_out(rule))
                for ports in _union(entering):
                    yield Connection(INTERNET, party.name, ports)

    def _gets_out(self, party: Party, home: Subnet) -> bool:
        return home.way_out == "nat" or self._is_public(party, home)

    def _is_public(self, party: Party, home: Subnet) -> bool:
        public = home.gives_addresses if party.public is None else party.public
        return public and home.way_out == "internet gateway"

    def _given(self, rules: dict[str, list[Rule]], party: Party) -> Iterator[Rule]:
        for group in party.groups:
            yield from rules[group]

    def _ports(self, rules: dict[str, list[Rule]], party: Party, other: Party) -> list[Ports]:
        homes = [self._subnets[id_].cidr for id_ in other.subnets]
        return [rule.ports for rule in self._given(rules, party) if _concerns(rule, other, homes)]


def ways_out(templates: Templates) -> Iterator[str]:
    """Report parts whose way out depends on the zone in which they start."""
    known = subnets(templates)
    for party in parties(templates):
        ways = {(known[id_].way_out, known[id_].s3) for id_ in party.subnets}
        if len(ways) > 1:
            yield f"{party} gets out in other ways from one zone than from the other: {sorted(map(str, ways))}"


def _concerns(rule: Rule, other: Party, homes: list[IPv4Network]) -> bool:
    if rule.group is not None:
        return rule.group in other.groups
    return rule.addresses is not None and any(rule.addresses.overlaps(home) for home in homes)


def _reaches_out(rule: Rule) -> bool:
    return rule.addresses is not None and not any(rule.addresses.subnet_of(block) for block in _NOWHERE)


def _common(leaving: list[Ports], entering: list[Ports]) -> list[Ports]:
    pairs = (one & other for one in leaving for other in entering)
    return _union(ports for ports in pairs if ports is not None)


def _union(ports: "Iterator[Ports]") -> list[Ports]:
    """Return ranges that do not touch, in order."""
    merged: list[Ports] = []
    for each in sorted(ports):
        last = merged[-1] if merged else None
        if last and last.protocol == each.protocol and each.low <= last.high + 1:
            merged[-1] = Ports(last.protocol, last.low, max(last.high, each.high))
        else:
            merged.append(each)
    return merged
