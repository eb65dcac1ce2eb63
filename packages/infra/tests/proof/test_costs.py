"""What a stage costs."""

import json
from collections.abc import Sequence

import pytest

from infra.costs import FREE, LITTLE, Item, Traffic, monthly, total
from infra.costs.bill import UnpricedError
from templates.made import TemplatesOf
from templates.model import PARTS, Templates

pytestmark = pytest.mark.slow


def bill(templates: Templates, traffic: Traffic = LITTLE) -> Sequence[Item]:
    """Return the bill of a stage."""
    return monthly([templates.written.bodies[part] for part in PARTS], traffic=traffic)


@pytest.mark.parametrize("name", ["dev", "personal"])
def test_a_dev_stage_costs_under_120_dollars(name: str, templates_of: TemplatesOf) -> None:
    """With the bastion and the CDN off, and little traffic, dev costs under 120 dollars a month in us-east-1."""
    templates = templates_of(name)
    assert not templates.config.bastion
    assert not templates.config.cdn
    assert 80 < total(bill(templates)) < 120


def test_every_type_is_priced_or_known_to_be_free(variant: Templates) -> None:
    """A type that nobody has thought of the price of is an error, not a zero."""
    assert total(bill(variant)) > 0


def test_a_new_type_is_noticed(templates_of: TemplatesOf) -> None:
    """A resource of a type without a price, or an instance type without one, is named."""
    body = json.loads(templates_of("dev").written.texts["foundation"])
    body["Resources"]["New"] = {"Type": "AWS::MSK::Cluster"}
    with pytest.raises(UnpricedError, match="AWS::MSK::Cluster"):
        monthly([body])


def test_what_is_free_is_in_use(templates_of: TemplatesOf) -> None:
    """The list of what costs nothing has no type that no stage has."""
    there = {each.type for name in ("everything", "dev") for each in templates_of(name).all()}
    assert FREE - there == set()


@pytest.mark.parametrize(("name", "what"), [("bastion", "t4g.nano as bastion"), ("cdn", "files served")])
def test_a_switch_is_on_the_bill(name: str, what: str, templates_of: TemplatesOf) -> None:
    """What a switch adds shows as a line."""
    assert what in {item.what for item in bill(templates_of(name))}
    assert what not in {item.what for item in bill(templates_of("dev"))}


def test_production_pays_for_its_second_zone(templates_of: TemplatesOf) -> None:
    """Two NAT gateways, a standby, four cache nodes, two data nodes and three masters are each counted."""
    lines = {item.what: item.dollars for item in bill(templates_of("production"))}
    assert lines["NAT gateways"] == pytest.approx(2 * 0.045 * 730)
    assert lines["db.r6g.large, 2 of it"] == pytest.approx(2 * 0.225 * 730)
    assert lines["cache.r7g.large, 4 of it"] == pytest.approx(4 * 0.219 * 730)
    assert lines["m6g.large.search as master, 3 of it"] == pytest.approx(3 * 0.128 * 730)


def test_use_is_paid_by_what_is_used(templates_of: TemplatesOf) -> None:
    """Ten times the traffic is ten times each line that rests on traffic, and no other line."""
    little, much = (
        {item.what: item for item in bill(templates_of("dev"), traffic)}
        for traffic in (
            LITTLE,
            Traffic(requests=1_000_000, seconds=0.1, nat_gb=50, logs_gb=10, files_gb=50, file_requests=1_000_000),
        )
    )
    for what, item in little.items():
        assert much[what].dollars == pytest.approx(item.dollars * (10 if item.use else 1))
