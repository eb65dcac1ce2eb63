"""What is watched of OpenSearch: AWS's recommended alarms that this domain can have.

Thresholds are those of the OpenSearch Service Developer Guide, Recommended CloudWatch alarms.
"""

from collections.abc import Iterator
from typing import Final

from infra.stage import StageConfig

from .metrics import MINUTE, QUARTER, of_opensearch
from .watch import Watch

BUSY_CPU: Final = 80
"""Percent, of data nodes."""
BUSY_MASTER: Final = 50
"""Percent, of dedicated masters."""
FULL_HEAP: Final = 95
"""Percent of Java's heap, of either."""

_MIB_PER_GIB: Final = 1024


def watch_opensearch(config: StageConfig, account: str) -> tuple[Watch, ...]:
    """Return what is watched of the search domain of a stage.

    Args:
        config: the stage.
        account: the account that the domain is in.
    """
    return (
        *_watch_health(config, account),
        *_watch_load(config, account),
        *(_watch_masters(config, account) if config.shape.opensearch_masters else ()),
    )


def _watch_health(config: StageConfig, account: str) -> Iterator[Watch]:
    yield Watch(
        name="opensearch-red",
        metric=of_opensearch(config, account, "ClusterStatus.red", statistic="Maximum"),
        threshold=1,
        # AWS takes one minute. A domain that is changed may be silent for a few.
        periods=5,
        silence="alarm",
        description=(
            "OpenSearch is red: an index has lost a primary shard, and with it data; or the domain reports nothing. "
            "GET _cluster/allocation/explain through the tunnel says which and why. Restore the index from a snapshot, "
            "or build it again from the database."
        ),
    )
    if config.shape.opensearch_nodes > 1:
        yield Watch(
            # On one node a replica has no place, so that yellow would be for ever.
            name="opensearch-yellow",
            metric=of_opensearch(config, account, "ClusterStatus.yellow", statistic="Maximum"),
            threshold=1,
            periods=30,
            silence="unknown",
            description=(
                "OpenSearch has been yellow for half an hour: a replica has no node. One more failure loses data. A "
                "node is missing or full: see the domain's cluster health."
            ),
        )
    yield Watch(
        name="opensearch-writes-blocked",
        metric=of_opensearch(config, account, "ClusterIndexWritesBlocked", statistic="Maximum"),
        threshold=1,
        periods=5,
        silence="unknown",
        description=(
            "OpenSearch refuses to write: storage or memory is used up. Raise opensearch_storage in shapes.py or "
            "delete indexes; it takes writes again by itself."
        ),
    )
    yield Watch(
        name="opensearch-snapshot",
        metric=of_opensearch(config, account, "AutomatedSnapshotFailure", statistic="Maximum"),
        threshold=1,
        periods=1,
        silence="fine",
        description=(
            "OpenSearch has taken no automated snapshot for 36 hours. Mostly the domain is, or was, red: see "
            "GET _snapshot/_all and the alarm opensearch-red."
        ),
    )


def _watch_load(config: StageConfig, account: str) -> Iterator[Watch]:
    yield Watch(
        name="opensearch-storage",
        # MiB, of the node that has the least.
        metric=of_opensearch(config, account, "FreeStorageSpace", statistic="Minimum"),
        threshold=config.shape.opensearch_storage * _MIB_PER_GIB // 4,
        below=True,
        periods=5,
        silence="unknown",
        description=(
            "A node of OpenSearch has less than a quarter of its storage left; at none it blocks writes. Raise "
            "opensearch_storage in shapes.py, or delete indexes."
        ),
    )
    yield Watch(
        name="opensearch-cpu",
        metric=of_opensearch(config, account, "CPUUtilization", statistic="Maximum", period=QUARTER),
        threshold=BUSY_CPU,
        periods=3,
        silence="unknown",
        description=(
            f"A node of OpenSearch has been {BUSY_CPU}% busy for 45 minutes. Look for slow searches in the slow log, "
            "or choose a larger opensearch_class in shapes.py."
        ),
    )
    yield Watch(
        name="opensearch-heap",
        metric=of_opensearch(config, account, "JVMMemoryPressure", statistic="Maximum", period=MINUTE),
        threshold=FULL_HEAP,
        periods=3,
        silence="unknown",
        description=(
            f"{FULL_HEAP}% of the heap of an OpenSearch node are used: it may run out of memory. Look for large "
            "aggregations and for many shards, or choose a larger opensearch_class in shapes.py."
        ),
    )


def _watch_masters(config: StageConfig, account: str) -> Iterator[Watch]:
    advice = "Choose a larger opensearch_master_class in shapes.py, or make fewer shards."
    yield Watch(
        name="opensearch-master-cpu",
        metric=of_opensearch(config, account, "MasterCPUUtilization", statistic="Maximum", period=QUARTER),
        threshold=BUSY_MASTER,
        periods=3,
        silence="unknown",
        description=f"A dedicated master of OpenSearch has been {BUSY_MASTER}% busy for 45 minutes. {advice}",
    )
    yield Watch(
        name="opensearch-master-heap",
        metric=of_opensearch(config, account, "MasterJVMMemoryPressure", statistic="Maximum", period=MINUTE),
        threshold=FULL_HEAP,
        periods=3,
        silence="unknown",
        description=f"{FULL_HEAP}% of the heap of a dedicated master of OpenSearch are used. {advice}",
    )
