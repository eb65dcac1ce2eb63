"""What is watched of Redis, node by node: ElastiCache publishes nothing of a whole group."""

from collections.abc import Iterator
from typing import Final

from infra.redis.names import nodes, replication_group
from infra.stage import StageConfig

from .metrics import of_redis
from .watch import Watch

BUSY_CPU: Final = 90
"""Percent of the one core that the engine works on; what AWS recommends (ElastiCache User Guide, Which Metrics
Should I Monitor?)."""

FULL: Final = 90
"""Percent of maxmemory."""


def watch_redis(config: StageConfig) -> tuple[Watch, ...]:
    """Return what is watched of the cache of a stage.

    The ids of nodes are those of a group as it was made: a node that was added and removed by hand leaves its number.
    """
    return tuple(watch for node in nodes(config) for watch in _watch_node(config, node))


def _watch_node(config: StageConfig, node: str) -> Iterator[Watch]:
    name = f"redis{node.removeprefix(replication_group(config))}"
    yield Watch(
        name=f"{name}-memory",
        metric=of_redis(node, "DatabaseMemoryUsagePercentage", statistic="Maximum"),
        threshold=FULL,
        periods=3,
        silence="alarm",
        description=(
            f"Redis node {node} has filled {FULL}% of its memory for 15 minutes, or reports nothing. Full, it drops "
            "the keys that were used least recently. Give keys a shorter life, or choose a larger redis_class or "
            "more redis_shards in shapes.py. A node that reports nothing is being replaced: see its events."
        ),
    )
    yield Watch(
        name=f"{name}-evictions",
        metric=of_redis(node, "Evictions", statistic="Sum"),
        threshold=1,
        # One burst may drop what is old; for a quarter of an hour it drops what is in use.
        periods=3,
        silence="fine",
        description=(
            f"Redis node {node} has dropped keys for want of memory for 15 minutes on end: the cache is too small for "
            "what is asked of it, and the database is asked instead. Choose a larger redis_class or more redis_shards "
            "in shapes.py."
        ),
    )
    yield Watch(
        name=f"{name}-cpu",
        metric=of_redis(node, "EngineCPUUtilization", statistic="Average"),
        threshold=BUSY_CPU,
        periods=3,
        silence="unknown",
        description=(
            f"The engine of Redis node {node} has kept its core {BUSY_CPU}% busy for 15 minutes: commands wait. Look "
            "for expensive ones in the slow log, or choose more redis_shards in shapes.py."
        ),
    )
