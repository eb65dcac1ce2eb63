"""Who may reach whom: the one table, held against what the templates make possible."""

from collections.abc import Iterator
from typing import Final

from templates.model import Templates
from templates.placement import outside, parties
from templates.reachability import INTERNET, S3, Connection, connections
from templates.rules import Ports

from .finding import Findings

FUNCTION: Final = "function"

REACH: Final = (
    (FUNCTION, "proxy", 5432),
    (FUNCTION, "redis", 6379),
    (FUNCTION, "opensearch", 443),
    (FUNCTION, S3, 443),
    (FUNCTION, INTERNET, 443),  # AWS services, by NAT
    ("proxy", "database", 5432),
    ("bastion", "proxy", 5432),
    ("bastion", "opensearch", 443),
    ("bastion", S3, 443),
    ("bastion", INTERNET, 443),  # Session Manager, which the bastion calls
)
"""Each row holds for every function, and the bastion's with its switch. Nothing else is possible, on any port."""

OUTSIDE: Final = {
    "provision-framework": "hands CloudFormation's events on to the provision function: it calls Lambda, no engine",
}
"""The functions that are in no network, and why."""


def reach(templates: Templates) -> Findings:
    """Report each connection that is possible and should not be, and each that should be and is not."""
    found, expected = connections(templates), frozenset(_expected(templates))
    for connection in sorted(found - expected):
        yield f"possible, and should not be: {connection}"
    for connection in sorted(expected - found):
        yield f"not possible, and should be: {connection}"
    named = {function.ref.removeprefix(templates.config.named("")) for function in outside(templates)}
    for name in sorted(named - set(OUTSIDE)):
        yield f"the function {name} is in no network"


def _expected(templates: Templates) -> Iterator[Connection]:
    names = [party.name for party in parties(templates)]
    for origin, target, port in REACH:
        for name in names:
            if name.split()[0] == origin:
                yield Connection(name, target, Ports("tcp", port, port))
