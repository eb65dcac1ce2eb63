"""What is watched of PostgreSQL and of the proxy before it."""

from typing import Final

from infra.database.parameters import MAX_CONNECTIONS
from infra.database.proxy import CONNECTIONS_PERCENT
from infra.stage import StageConfig

from .metrics import of_database, of_proxy
from .watch import Watch

BUSY_CONNECTIONS: Final = MAX_CONNECTIONS * CONNECTIONS_PERCENT // 100 * 8 // 10
"""Four fifths of the connections that the proxy may have: beyond 100, requests wait 5 s for one and fail."""

BUSY_CPU: Final = 90
"""Percent; what AWS recommends for DBInstanceIdentifier (CloudWatch User Guide, Recommended alarms, RDS)."""

LITTLE_MEMORY: Final = 64 * 1024**2
"""Bytes, on every class: less than a few connections and one sort take, after which the kernel ends a backend."""

_GIB: Final = 1024**3


def watch_database(config: StageConfig) -> tuple[Watch, ...]:
    """Return what is watched of the database of a stage."""
    return (
        Watch(
            name="proxy-connections",
            metric=of_proxy(config, "DatabaseConnectionsCurrentlyBorrowed", statistic="Sum"),
            threshold=BUSY_CONNECTIONS,
            periods=5,
            # The proxy publishes nothing before its first connection.
            silence="fine",
            description=(
                f"{BUSY_CONNECTIONS} of the 100 connections of RDS Proxy have been in use for 5 minutes; at 100, "
                "requests wait and fail. Look for slow statements in Database Insights and for pinned sessions in "
                "the metric DatabaseConnectionsCurrentlySessionPinned."
            ),
        ),
        Watch(
            name="database-storage",
            metric=of_database(config, "FreeStorageSpace", statistic="Minimum"),
            threshold=config.shape.database_storage * _GIB // 10,
            below=True,
            # RDS grows the storage by itself once a tenth is left for five minutes. Half an hour says that it did not.
            periods=6,
            silence="alarm",
            description=(
                "PostgreSQL has had less than a tenth of its first storage left for half an hour, or the instance "
                "reports nothing. Storage has not grown by itself: it has reached database_storage_most of "
                "shapes.py, or has grown within the last six hours. Raise that limit and deploy, or drop what is not "
                "needed. An instance that reports nothing has stopped: see its events in RDS."
            ),
        ),
        Watch(
            name="database-cpu",
            metric=of_database(config, "CPUUtilization", statistic="Average"),
            threshold=BUSY_CPU,
            periods=3,
            silence="unknown",
            description=(
                f"The CPU of PostgreSQL has been at {BUSY_CPU}% for 15 minutes. Find the statement in Database "
                "Insights, add the index it lacks, or choose a larger database_class in shapes.py."
            ),
        ),
        Watch(
            name="database-memory",
            metric=of_database(config, "FreeableMemory", statistic="Minimum"),
            threshold=LITTLE_MEMORY,
            below=True,
            periods=3,
            silence="unknown",
            description=(
                "PostgreSQL has had less than 64 MiB of memory left for 15 minutes, and may be restarted by the "
                "kernel. Look for sorts and for many connections in Database Insights, or choose a larger "
                "database_class in shapes.py."
            ),
        ),
    )
