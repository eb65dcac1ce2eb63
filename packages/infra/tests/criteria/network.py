"""1.2 VPC."""

from typing import Final

from templates.model import Templates
from templates.reachability import ways_out
from templates.routes import Subnet, subnets
from templates.rules import rules_of
from templates.tags import untagged

from .finding import Findings, differs
from .reach import reach

PUBLIC: Final = ["10.0.1.0/24", "10.0.2.0/24"]
PRIVATE: Final = ["10.0.101.0/24", "10.0.102.0/24"]


def addresses(templates: Templates) -> Findings:
    """1.2.1: CIDR 10.0.0.0/16."""
    yield from differs("the block of the VPC", templates.only("AWS::EC2::VPC")["CidrBlock"], "10.0.0.0/16")


def two_zones(templates: Templates) -> Findings:
    """1.2.2: two zones, with a public and a private subnet in each; those of the settings where they name them."""
    for name, blocks in (("public", PUBLIC), ("private", PRIVATE)):
        zones = [subnet.zone for subnet in _of(templates, blocks)]
        yield from differs(f"the number of zones of the {name} subnets", len(set(zones)), 2)
        if templates.config.zones:
            yield from differs(f"the zones of the {name} subnets", zones, list(templates.config.zones))


def public_subnets(templates: Templates) -> Findings:
    """1.2.3: the public subnets' blocks, and their way out by the internet gateway."""
    yield from _blocks(templates, PUBLIC)
    for subnet in _of(templates, PUBLIC):
        yield from differs(f"the way out of {subnet.cidr}", subnet.way_out, "internet gateway")


def private_subnets(templates: Templates) -> Findings:
    """1.2.4: the private subnets' blocks, and their way out by NAT: in production each by its own zone's."""
    yield from _blocks(templates, PRIVATE)
    for subnet in _of(templates, PRIVATE):
        yield from differs(f"the way out of {subnet.cidr}", subnet.way_out, "nat")
        yield from differs(f"whether {subnet.cidr} gives public addresses", subnet.gives_addresses, expected=False)
    gateways = templates.of("AWS::EC2::NatGateway")
    yield from differs("the number of NAT gateways", len(gateways), 2 if templates.config.sizing == "production" else 1)
    yield from ways_out(templates)


def who_reaches_whom(templates: Templates) -> Findings:
    """1.2.5: what may reach what, and nothing else; each part has a group of its own."""
    yield from reach(templates)
    for id_, rules in rules_of(templates).ingress.items():
        for rule in rules:
            if rule.addresses is not None:
                yield f"the group {id_} lets in {rule.addresses} on {rule.ports}: only groups are let in"


def bastion(templates: Templates) -> Findings:
    """1.2.6: a bastion by switch, in a public subnet, by Session Manager, without an open port or a key."""
    groups = templates.of("AWS::AutoScaling::AutoScalingGroup")
    yield from differs("the number of bastions", len(groups), int(templates.config.bastion))
    public = {subnet.id for subnet in _of(templates, PUBLIC)}
    for group in groups:
        yield from differs("the bastion's subnets", set(group["VPCZoneIdentifier"]), public)
        yield from differs("the bastion's number of instances", (group["MinSize"], group["MaxSize"]), ("0", "1"))
        launch = templates.only("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
        yield from differs("the bastion's metadata tokens", launch["MetadataOptions"].get("HttpTokens"), "required")
        if "KeyName" in launch:
            yield f"the bastion takes the key {launch['KeyName']}"
    if groups and "BastionGroupName" not in templates.foundation.outputs:
        yield "the foundation does not say which group the bastion is, and `tunnel` asks for that"


def s3_endpoint(templates: Templates) -> Findings:
    """1.2.7: a gateway endpoint for S3, in the route tables of every subnet."""
    for subnet in subnets(templates).values():
        if not subnet.s3:
            yield f"S3 is reached from {subnet.cidr} by way of the internet: no gateway endpoint is in its routes"


def tags(templates: Templates) -> Findings:
    """1.2.8: everything that can carry tags carries project and environment."""
    for part, given in templates.written.tags.items():
        expected = {"project": "mocstack", "environment": templates.config.name}
        yield from differs(f"the tags of the {part} stack", dict(given), expected)
    yield from untagged(templates)


def _blocks(templates: Templates, expected: list[str]) -> Findings:
    found = sorted(str(subnet.cidr) for subnet in subnets(templates).values())
    for block in expected:
        if block not in found:
            yield f"no subnet has the block {block}: there are {found}"
    yield from differs("the number of subnets", len(found), len(PUBLIC) + len(PRIVATE))


def _of(templates: Templates, blocks: list[str]) -> list[Subnet]:
    """Return the subnets that have these blocks, in that order."""
    by_block = {str(subnet.cidr): subnet for subnet in subnets(templates).values()}
    return [by_block[block] for block in blocks]
