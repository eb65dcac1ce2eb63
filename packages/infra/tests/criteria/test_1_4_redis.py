"""Story 1.4 Redis; 1.4.8, the fallback, is code: packages/core has its tests."""

import pytest

from criteria import redis
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_4_1_redis_7_is_in_the_private_subnets(templates: Templates) -> None:
    """The cache is Redis 7 in the private subnets, encrypted, its users by IAM."""
    assert findings(redis.group, templates) == []


def test_1_4_2_cluster_mode_is_of_the_stage(templates: Templates) -> None:
    """Cluster mode is off in dev and on in production, and the link says so."""
    assert findings(redis.mode, templates) == []


def test_1_4_3_only_functions_reach_redis(variant: Templates) -> None:
    """Nothing but the functions reaches Redis."""
    assert findings(redis.functions_only, variant) == []


def test_1_4_4_the_least_used_keys_make_room(templates: Templates) -> None:
    """maxmemory-policy is allkeys-lru."""
    assert findings(redis.eviction, templates) == []


def test_1_4_5_several_nodes_fail_over(templates: Templates) -> None:
    """Dev has one node; production has several, with automatic failover."""
    assert findings(redis.nodes, templates) == []


def test_1_4_6_the_link_leads_to_the_endpoint(templates: Templates) -> None:
    """`Resource.MyRedis` is the endpoint of the mode, with the user and the id that tokens are signed for."""
    assert findings(redis.link, templates) == []


def test_1_4_7_host_and_port_are_the_resources_own(variant: Templates) -> None:
    """No template says the host or another port."""
    assert findings(redis.not_hard_coded, variant) == []
