"""Story 1.2 VPC."""

import pytest

from criteria import network
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_2_1_the_vpc_has_its_block(templates: Templates) -> None:
    """The VPC is 10.0.0.0/16."""
    assert findings(network.addresses, templates) == []


def test_1_2_2_there_are_two_zones(variant: Templates) -> None:
    """A public and a private subnet lie in each of two zones."""
    assert findings(network.two_zones, variant) == []


def test_1_2_3_public_subnets_lead_to_the_internet_gateway(templates: Templates) -> None:
    """The public subnets are 10.0.1.0/24 and 10.0.2.0/24, routed to the internet gateway."""
    assert findings(network.public_subnets, templates) == []


def test_1_2_4_private_subnets_lead_to_nat(templates: Templates) -> None:
    """The private subnets are 10.0.101.0/24 and 10.0.102.0/24, routed to a NAT gateway."""
    assert findings(network.private_subnets, templates) == []


def test_1_2_5_nothing_else_reaches_anything_else(variant: Templates) -> None:
    """What may reach what is the one table, by rules, routes and placement together."""
    assert findings(network.who_reaches_whom, variant) == []


def test_1_2_6_the_bastion_has_no_open_port(variant: Templates) -> None:
    """A bastion is there by its switch, in a public subnet, without an open port or a key."""
    assert findings(network.bastion, variant) == []


def test_1_2_7_s3_has_a_gateway_endpoint(templates: Templates) -> None:
    """S3 is reached by a gateway endpoint from every subnet."""
    assert findings(network.s3_endpoint, templates) == []


def test_1_2_8_everything_is_tagged(variant: Templates) -> None:
    """Everything that can carry tags carries project and environment."""
    assert findings(network.tags, variant) == []
