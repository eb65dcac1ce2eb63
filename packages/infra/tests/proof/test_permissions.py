"""Roles: each may do what its table says, and nothing else."""

import pytest

from criteria.finding import findings
from proof import permissions
from templates.actions import actions
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_every_role_may_do_what_the_table_says_and_nothing_else(variant: Templates) -> None:
    """What a function's code calls is allowed on its resource; any other action on anything is denied."""
    assert findings(permissions.permissions, variant) == []


def test_the_code_may_not_change_the_network(variant: Templates) -> None:
    """What Lambda does in a function's name to place it in the VPC is denied to the function's code."""
    assert findings(permissions.network_denied_to_code, variant) == []


def test_alarms_reach_the_topic(variant: Templates) -> None:
    """Every alarm tells the topic, and CloudWatch may."""
    assert findings(permissions.alarms_publish, variant) == []


def test_actions_are_those_of_the_services() -> None:
    """The actions that are tried include the ones that would hurt most."""
    assert len(actions()) > 2000
    assert {"s3:DeleteBucket", "rds:DeleteDBInstance", "iam:PassRole", "secretsmanager:GetSecretValue"} <= set(
        actions()
    )
