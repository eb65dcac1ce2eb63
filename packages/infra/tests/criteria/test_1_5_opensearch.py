"""Story 1.5 OpenSearch; that the index templates are right is shown on the engine (1.5.5)."""

import pytest

from criteria import opensearch
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_5_1_opensearch_2_is_in_the_private_subnets(templates: Templates) -> None:
    """The domain is OpenSearch 2 in the private subnets of as many zones as it has nodes, encrypted."""
    assert findings(opensearch.domain, templates) == []


def test_1_5_2_the_nodes_are_sized_by_stage(templates: Templates) -> None:
    """Data nodes are t3.small.search in dev and r6g.large.search in production."""
    assert findings(opensearch.sizes, templates) == []


def test_1_5_3_only_functions_reach_opensearch(variant: Templates) -> None:
    """Nothing but the functions, and the bastion by its switch, reaches OpenSearch."""
    assert findings(opensearch.functions_only, variant) == []


def test_1_5_4_access_is_by_iam_and_fine_grained(templates: Templates) -> None:
    """The provision role is master; nobody signs in with a password, and no unsigned request is let in."""
    assert findings(opensearch.access, templates) == []


def test_1_5_5_the_deployment_provisions(variant: Templates) -> None:
    """Functions wait for provisioning, which runs again with new code."""
    assert findings(opensearch.templates_applied, variant) == []


def test_1_5_6_the_link_leads_to_the_endpoint(templates: Templates) -> None:
    """`Resource.MyOpenSearch` is the endpoint, by IAM, over verified TLS."""
    assert findings(opensearch.link, templates) == []


def test_1_5_7_production_has_masters(templates: Templates) -> None:
    """Production has three dedicated masters."""
    assert findings(opensearch.masters, templates) == []


def test_1_5_logs_lead_somewhere(templates: Templates) -> None:
    """Slow requests and errors are logged."""
    assert findings(opensearch.logs, templates) == []


def test_1_5_updates_come_in_quiet_hours(variant: Templates) -> None:
    """The service updates itself at night, and another version is an upgrade of the domain that is there."""
    assert findings(opensearch.updates, variant) == []
