"""The sizes of a stage: every value that differs between stages, the three of them side by side.

Personal stages are sized like dev. What no stage changes stands with the construct that uses it.
"""

from dataclasses import dataclass
from typing import TypeVar

from core.settings import Sizing

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes, counts, retention and protection of a stage.

    Attributes:
        nat_gateways: how many zones have a NAT gateway of their own.
        database_class: the RDS instance class.
        database_multi_az: whether a standby waits in the other zone.
        database_storage: GiB of gp3 to start with.
        database_storage_most: GiB that storage grows to by itself.
        redis_class: the ElastiCache node type.
        redis_clustered: cluster mode; the link tells the client. It can't be changed on a stage that exists, whose
            deployment would fail: the parameter group is in use, and the host exported is the application's.
        redis_shards: node groups; 1 without cluster mode.
        redis_replicas: replicas of each shard; with any, failover is automatic.
        redis_snapshots: days that daily snapshots are kept; 0 for none.
        opensearch_class: the instance type of data nodes.
        opensearch_nodes: data nodes; two lie in two zones.
        opensearch_masters: dedicated master nodes, of `opensearch_master_class`.
        opensearch_master_class: their instance type; of the same architecture as data nodes.
        opensearch_storage: GiB of gp3 of each data node.
        bucket_versioned: whether overwritten and deleted files can be brought back.
        log_retention: days that logs are kept.
        api_rate: requests a second that the HTTP API takes.
        api_burst: requests at once that it takes.
        protected: whether data outlives its stack: deletion protection, final snapshots, kept buckets,
            termination protection.
    """

    nat_gateways: int
    database_class: str
    database_multi_az: bool
    database_storage: int
    database_storage_most: int
    redis_class: str
    redis_clustered: bool
    redis_shards: int
    redis_replicas: int
    redis_snapshots: int
    opensearch_class: str
    opensearch_nodes: int
    opensearch_masters: int
    opensearch_master_class: str
    opensearch_storage: int
    bucket_versioned: bool
    log_retention: int
    api_rate: int
    api_burst: int
    protected: bool


def shape_of(sizing: Sizing) -> Shape:
    """Return the sizes of a stage."""

    def by(*, dev: T, staging: T, production: T) -> T:
        return {"dev": dev, "staging": staging, "production": production}[sizing]

    return Shape(
        nat_gateways=by(dev=1, staging=1, production=2),
        database_class=by(dev="db.t4g.micro", staging="db.t4g.small", production="db.r6g.large"),
        database_multi_az=by(dev=False, staging=False, production=True),
        database_storage=by(dev=20, staging=20, production=100),
        database_storage_most=by(dev=50, staging=100, production=1000),
        redis_class=by(dev="cache.t4g.micro", staging="cache.t4g.small", production="cache.r7g.large"),
        redis_clustered=by(dev=False, staging=True, production=True),
        redis_shards=by(dev=1, staging=1, production=2),
        redis_replicas=by(dev=0, staging=1, production=1),
        redis_snapshots=by(dev=0, staging=1, production=7),
        opensearch_class=by(dev="t3.small.search", staging="t3.small.search", production="r6g.large.search"),
        opensearch_nodes=by(dev=1, staging=1, production=2),
        opensearch_masters=by(dev=0, staging=0, production=3),
        opensearch_master_class="m6g.large.search",
        opensearch_storage=by(dev=10, staging=20, production=100),
        bucket_versioned=by(dev=False, staging=True, production=True),
        log_retention=by(dev=14, staging=30, production=90),
        api_rate=by(dev=50, staging=100, production=1000),
        api_burst=by(dev=100, staging=200, production=2000),
        protected=by(dev=False, staging=True, production=True),
    )
