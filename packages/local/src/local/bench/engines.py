"""The engines that the bench measures on, and what leads a function to them: directly, or with a delay."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from core import environment
from core.auth import Anonymous
from core.kinds import OpenSearch, Postgres, Redis
from core.resource import Resources
from functions.manifest import HEALTH
from local.ending import Ending
from local.proxy import Forward, Proxy
from local.stage import HOST, Stage, Watcher

DELAY = 0.0025
"""Seconds that the proxies add to each round trip: what lies between two zones of a region, and a little more."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a function reaches the three engines.

    OpenSearch's link is the stage's own, whose requests are signed.
    """

    postgres: Postgres
    redis: Redis
    opensearch: OpenSearch

    @classmethod
    def of(cls, stage: Stage) -> Self:
        """Return what leads to the engines of a started stage."""
        links = stage.links(HEALTH)
        return cls(
            Postgres.decode("MyPostgres", links[Resources.MyPostgres.variable]),
            Redis.decode("MyRedis", links[Resources.MyRedis.variable]),
            OpenSearch.decode("MyOpenSearch", links[Resources.MyOpenSearch.variable]),
        )

    def given(self, *, signed: bool = False) -> dict[str, str]:
        """Return the environment that gives a function its links and its stage.

        Args:
            signed: OpenSearch is asked with a signature, as on AWS. What is timed is asked without one: the floor
                can't sign, and the local engine does not ask for it.
        """
        opensearch = self.opensearch if signed else replace(self.opensearch, auth=Anonymous())
        return {
            environment.STAGE: "local",
            environment.VERSION: "bench",
            **Resources.MyPostgres.encode(self.postgres),
            **Resources.MyRedis.encode(self.redis),
            **Resources.MyOpenSearch.encode(opensearch),
        }


@contextmanager
def engines(folder: Path, watcher: Watcher, ending: Ending) -> Generator[Reach]:
    """Run engines of the bench's own, beside those of `dev`, while the block runs.

    Raises:
        LocalError: they do not start.
        CancelledError: `ending` has ended their start.
    """
    stage = Stage(folder, user="bench", engines=("opensearch", "postgres", "redis"), watcher=watcher)
    ending.on_end(stage.cancel)
    with stage:
        for failure in stage.failures.values():
            raise failure
        yield Reach.of(stage)


@contextmanager
def delayed(reach: Reach) -> Generator[Reach]:
    """Put a proxy before each engine that adds `DELAY` to each round trip, while the block runs."""
    with ExitStack() as stack:

        def through(port: int) -> int:
            proxy = stack.enter_context(Proxy(HOST, port))
            proxy.switch(Forward(DELAY))
            return proxy.port

        yield Reach(
            replace(reach.postgres, host=HOST, port=through(reach.postgres.port)),
            replace(reach.redis, host=HOST, port=through(reach.redis.port)),
            replace(reach.opensearch, host=HOST, port=through(reach.opensearch.port)),
        )
