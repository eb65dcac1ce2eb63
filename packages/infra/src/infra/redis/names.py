"""The names in ElastiCache that links, permissions and alarms are made of.

All are lower-case: ElastiCache stores them so, and a token that is signed for another spelling is refused.
"""

from collections.abc import Iterator

from infra.stage import StageConfig


def replication_group(config: StageConfig) -> str:
    """Return the id of the replication group, which a token is signed for; it has 40 characters at most."""
    return config.own_name


def app_user(config: StageConfig) -> str:
    """Return the id of the application's user. It is the user's name too, as IAM demands, and what it signs in as."""
    return config.named("app")


def nodes(config: StageConfig) -> Iterator[str]:
    """Return the ids of the nodes, as ElastiCache names them: what their metrics are of."""
    group, shape = replication_group(config), config.shape
    copies = [f"{number:03}" for number in range(1, shape.redis_replicas + 2)]
    if not shape.redis_clustered:
        yield from (f"{group}-{copy}" for copy in copies)
        return
    for shard in range(1, shape.redis_shards + 1):
        yield from (f"{group}-{shard:04}-{copy}" for copy in copies)
