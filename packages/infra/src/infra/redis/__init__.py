"""ElastiCache for Redis of a stage, and who may sign in to it."""

from .names import app_user, nodes, replication_group
from .redis import Redis

__all__ = ["Redis", "app_user", "nodes", "replication_group"]
