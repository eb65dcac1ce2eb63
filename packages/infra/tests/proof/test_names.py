"""Names and quotas: every service takes them, and no two stages of an account meet."""

import pytest

from templates.made import TemplatesOf
from templates.model import Templates
from templates.names import names, oversized, unfit_names

pytestmark = pytest.mark.slow


def test_every_name_is_one_that_its_service_takes(variant: Templates) -> None:
    """No name is too long or has a letter that the service refuses; a personal stage has 16 characters."""
    assert list(unfit_names(variant)) == []


def test_templates_are_within_quotas(variant: Templates) -> None:
    """Templates, outputs and environments are no larger than CloudFormation and Lambda take them."""
    assert list(oversized(variant)) == []


@pytest.mark.parametrize("other", ["staging", "production", "personal"])
def test_two_stages_of_an_account_never_meet(other: str, templates_of: TemplatesOf) -> None:
    """No name of a resource, stack or export of one stage is one of another's."""
    one = {(name.kind, name.text): name.where for name in names(templates_of("dev"))}
    two = {(name.kind, name.text): name.where for name in names(templates_of(other))}
    assert len(one) > 40
    assert one.keys() & two.keys() == set()


def test_a_stage_takes_no_name_twice(variant: Templates) -> None:
    """Within a stage too, each name of a kind is taken once."""
    taken = [(name.kind, name.text) for name in names(variant)]
    assert sorted(taken) == sorted(set(taken))
