"""Story 1.3 PostgreSQL with RDS Proxy."""

import pytest

from criteria import database
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_3_1_postgresql_15_is_in_the_private_subnets(templates: Templates) -> None:
    """The instance is PostgreSQL 15, in the private subnets, encrypted, protected outside of dev."""
    assert findings(database.instance, templates) == []


def test_1_3_2_the_proxy_has_100_connections_at_most(templates: Templates) -> None:
    """The proxy pools at most 100 connections and signs in by IAM on both sides."""
    assert findings(database.proxy, templates) == []


def test_1_3_3_credentials_are_rotated_by_the_service(variant: Templates) -> None:
    """The master password is a secret that RDS rotates, and stands in no template."""
    assert findings(database.credentials, variant) == []


def test_1_3_4_functions_reach_the_database_by_the_proxy_only(variant: Templates) -> None:
    """No function can connect to the instance, is told its host or may sign in to it."""
    assert findings(database.through_the_proxy, variant) == []


def test_1_3_5_parameters_are_tuned(templates: Templates) -> None:
    """The instance has a parameter group of its own."""
    assert findings(database.parameters, templates) == []


def test_1_3_6_backups_are_kept_seven_days(templates: Templates) -> None:
    """Automated backups are kept 7 days."""
    assert findings(database.backups, templates) == []


def test_1_3_7_the_instance_is_sized_by_stage(templates: Templates) -> None:
    """The class is db.t4g.micro in dev and db.r6g.large in production."""
    assert findings(database.sizes, templates) == []


def test_1_3_8_the_link_leads_to_the_proxy(templates: Templates) -> None:
    """`Resource.MyPostgres` is the proxy, by IAM, over verified TLS."""
    assert findings(database.link, templates) == []
