"""The security groups, beyond what story 1.2 asks for."""

import pytest

from templates.model import Resource, Templates

pytestmark = pytest.mark.slow

GROUP = "AWS::EC2::SecurityGroup"
HTTPS = ("0.0.0.0/0", "tcp", 443, 443)
"""AWS services, by NAT."""
NOTHING = ("255.255.255.255/32", "icmp", 252, 86)
"""What the CDK writes for a group that lets nothing out: no packet is sent to that address."""


def groups(templates: Templates) -> dict[str, Resource]:
    """Return the groups of a stage, by who has them."""
    named = templates.config.named("")
    return {str(group["GroupName"]).removeprefix(named): group for group in templates.of(GROUP)}


def inline(group: Resource) -> list[tuple[object, ...]]:
    """Return the rules outward that a group is made with: to whom, protocol, first and last port."""
    rules = group.get("SecurityGroupEgress", [])
    return [(rule["CidrIp"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules]


def test_every_group_is_made_with_a_rule_outward(variant: Templates) -> None:
    """Or EC2 makes it with one that lets everything out, which no rule beside it is sure to take away."""
    outward = {party: inline(group) for party, group in groups(variant).items()}
    callers = {"functions", "bastion"} if variant.config.bastion else {"functions"}
    silent = {"proxy", "database", "redis", "opensearch"}
    assert outward == {party: [HTTPS] for party in callers} | {party: [NOTHING] for party in silent}


def test_rules_between_groups_stand_at_both_ends(variant: Templates) -> None:
    """What one group may open, the other lets in, and the other way round; each apart from the groups it joins."""
    names = {group.ref: party for party, group in groups(variant).items()}

    def ends(kind: str, origin: str, target: str) -> set[tuple[str, str, int]]:
        rules = variant.of(f"AWS::EC2::SecurityGroup{kind}")
        assert all(rule["FromPort"] == rule["ToPort"] and rule["IpProtocol"] == "tcp" for rule in rules)
        return {(names[rule[origin]], names[rule[target]], int(rule["FromPort"])) for rule in rules}

    out = ends("Egress", "GroupId", "DestinationSecurityGroupId")
    assert out == ends("Ingress", "SourceSecurityGroupId", "GroupId")
    assert ("proxy", "database", 5432) in out
    assert not [group for group in variant.of(GROUP) if group.get("SecurityGroupIngress")]
