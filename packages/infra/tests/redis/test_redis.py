"""The cache, beyond what story 1.4 asks for."""

import dataclasses
import re

import pytest

from infra.redis import app_user, nodes, replication_group
from templates.model import Templates
from templates.variants import variants

pytestmark = pytest.mark.slow

GROUP = "AWS::ElastiCache::ReplicationGroup"
NAME = r"[a-z](-?[a-z0-9]){0,39}"
"""A name in ElastiCache: 40 characters at most, lower-case, as it stores them, and no two hyphens in a row."""


def hours(window: str) -> tuple[int, int]:
    """Return when a window begins and ends, in minutes of a day."""
    begin, end = (int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d\d):(\d\d)", window))
    return begin, end


def test_names_are_as_elasticache_takes_them(variant: Templates) -> None:
    """Each name is lower-case and within 40 characters, and is the one that links and permissions are made of."""
    users = {each["UserId"] for each in variant.of("AWS::ElastiCache::User")}
    group = variant.only(GROUP)["ReplicationGroupId"]
    for name in (*users, group, variant.only("AWS::ElastiCache::UserGroup")["UserGroupId"]):
        assert re.fullmatch(NAME, name), name
    assert group == replication_group(variant.config)
    assert app_user(variant.config) in users


def test_snapshot_and_maintenance_keep_apart(variant: Templates) -> None:
    """Both take an hour at least, and ElastiCache refuses windows that overlap."""
    group = variant.only(GROUP)
    begin, end = hours(group["PreferredMaintenanceWindow"])
    assert end - begin >= 60
    if group.get("SnapshotRetentionLimit"):
        snapshot, done = hours(group["SnapshotWindow"])
        assert done - snapshot >= 60
        assert done <= begin or snapshot >= end


def test_nodes_are_counted_in_one_way(variant: Templates) -> None:
    """A group says its copies, or its shards and their replicas: both together are refused."""
    group = variant.only(GROUP)
    copies, shards = "NumCacheClusters" in group.properties, "NumNodeGroups" in group.properties
    assert copies is not shards
    assert shards is ("ReplicasPerNodeGroup" in group.properties)
    assert group.get("NodeGroupConfiguration") is None  # it would replace the group when it changes


def test_a_cluster_fails_over(variant: Templates) -> None:
    """ElastiCache makes no cluster without failover, and no failover without a replica."""
    group = variant.only(GROUP)
    replicas = group.get("ReplicasPerNodeGroup", group.get("NumCacheClusters", 1) - 1)
    assert group["AutomaticFailoverEnabled"] is (replicas > 0)
    assert group["MultiAZEnabled"] is (replicas > 0)


def test_the_number_of_shards_changes_in_place(variant: Templates) -> None:
    """Without this policy CloudFormation would make another group in place of one that gets a shard."""
    assert variant.only(GROUP).body["UpdatePolicy"] == {"UseOnlineResharding": True}


def test_logs_go_where_a_service_may_write(variant: Templates) -> None:
    """Slow commands and the engine's own log are kept for the stage's days, in groups of the vended kind."""
    groups = {each.ref: each["RetentionInDays"] for each in variant.of("AWS::Logs::LogGroup")}
    delivered = {each["LogType"]: each for each in variant.only(GROUP)["LogDeliveryConfigurations"]}
    assert set(delivered) == {"slow-log", "engine-log"}
    for log in delivered.values():
        name = log["DestinationDetails"]["CloudWatchLogsDetails"]["LogGroup"]
        assert name.startswith("/aws/vendedlogs/mocstack-")
        assert groups[name] == variant.config.shape.log_retention


def test_the_cache_leaves_nothing_behind(variant: Templates) -> None:
    """All of it can be computed again: removing a stage takes no snapshot that somebody pays for."""
    body = variant.only(GROUP).body
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_nodes_are_called_as_elasticache_calls_them() -> None:
    """An alarm on a node of another name would wait for metrics for ever."""
    dev, production = variants()["dev"], variants()["production"]
    assert list(nodes(dev)) == ["mocstack-dev-001"]
    assert list(nodes(production)) == [
        "mocstack-production-0001-001",
        "mocstack-production-0001-002",
        "mocstack-production-0002-001",
        "mocstack-production-0002-002",
    ]
    two = dataclasses.replace(dev, shape=dataclasses.replace(dev.shape, redis_replicas=1))
    assert list(nodes(two)) == ["mocstack-dev-001", "mocstack-dev-002"]
