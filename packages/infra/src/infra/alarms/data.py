"""The alarms of what keeps state."""

from typing import TYPE_CHECKING

from aws_cdk import Stack
from constructs import Construct, IConstruct

from infra.interfaces import as_topic
from infra.stage import StageConfig

from .database import watch_database
from .opensearch import watch_opensearch
from .redis import watch_redis
from .topic import AlarmTopic
from .watch import Watch, set_alarm

if TYPE_CHECKING:
    from infra.database import Database
    from infra.opensearch import OpenSearch
    from infra.redis import Redis


def watch_data(config: StageConfig, account: str) -> tuple[Watch, ...]:
    """Return all that is watched of what keeps state."""
    return (*watch_database(config), *watch_redis(config), *watch_opensearch(config, account))


class DataAlarms(Construct):
    """The alarms of the database, its proxy, Redis and OpenSearch.

    Each is made after what it watches: one that came first would find silence, and raise a false alarm.
    """

    def __init__(  # noqa: PLR0913  # what is watched
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        topic: AlarmTopic,
        database: "Database",
        redis: "Redis",
        opensearch: "OpenSearch",
    ) -> None:
        super().__init__(scope, id_)
        self._set(watch_database(config), config=config, topic=topic, after=database.proxy)
        self._set(watch_redis(config), config=config, topic=topic, after=redis.replication_group)
        self._set(watch_opensearch(config, Stack.of(self).account), config=config, topic=topic, after=opensearch.domain)

    def _set(self, watches: tuple[Watch, ...], *, config: StageConfig, topic: AlarmTopic, after: IConstruct) -> None:
        for watch in watches:
            set_alarm(self, watch, config=config, topic=as_topic(topic.topic)).node.add_dependency(after)
