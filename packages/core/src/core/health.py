"""The health of a stage: PostgreSQL, Redis and OpenSearch asked at once, within a bound, whatever they do.

This is the first thing anyone measures: it loads psycopg and the standard library, no client of the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal, NotRequired, TypedDict

from . import environment, invocation
from .connections import opensearch, postgres, redis
from .connections.steps import Ended, Steps, run_all
from .errors import ConnectionFailedError, Failure, LinkError
from .resource import Resource

COMPONENT_SECONDS = 2.0
"""How long one component may take to answer."""

_log = logging.getLogger(__name__)


class ComponentHealth(TypedDict):
    """How one component is.

    Attributes:
        status: whether it answered as it should.
        latency_ms: how long the answer, or the failure, took.
        error: the class of failure, only if it is unhealthy.
    """

    status: Literal["healthy", "unhealthy"]
    latency_ms: float
    error: NotRequired[Failure]


class Health(TypedDict):
    """How the stage is.

    Attributes:
        status: `unhealthy` if a component is down that nothing works without, `degraded` if another is.
        stage: the stage's name.
        version: the version of the code that answers.
        components: each component's health, by its name.
    """

    status: Literal["healthy", "degraded", "unhealthy"]
    stage: str
    version: str
    components: dict[str, ComponentHealth]


@dataclass(frozen=True, slots=True)
class Component:
    """Something that a stage consists of.

    Attributes:
        name: its name in the answer.
        probe: asks it, in steps, until a time of `time.monotonic`.
        required: whether nothing works without it.
    """

    name: str
    probe: Callable[[float], Steps[None]]
    required: bool


# The links are read within the steps: one that is missing is that component's failure alone.
COMPONENTS: tuple[Component, ...] = (
    Component("redis", lambda until: _later(lambda: redis.probe(Resource.MyRedis, until)), required=False),
    Component(
        "opensearch", lambda until: _later(lambda: opensearch.probe(Resource.MyOpenSearch, until)), required=False
    ),
    Component("postgres", lambda until: _later(lambda: postgres.probe(Resource.MyPostgres, until)), required=True),
)
"""What `check` asks; those that cost less processor time first, so that they are on their way meanwhile."""


def check(components: tuple[Component, ...] = COMPONENTS) -> Health:
    """Ask every component at once and return how the stage is, within 3 s; it never raises."""
    began = monotonic()
    until = invocation.until(COMPONENT_SECONDS)
    ended = run_all([component.probe(until) for component in components])
    answers = {
        component.name: _component(component, end, (end.at - began) * 1000)
        for component, end in zip(components, ended, strict=True)
    }
    down = [component for component in components if answers[component.name]["status"] == "unhealthy"]
    status = "unhealthy" if any(c.required for c in down) else "degraded" if down else "healthy"
    return Health(
        status=status,
        stage=environment.stage(),
        version=environment.version(),
        components=dict(sorted(answers.items())),
    )


def _later(start: Callable[[], Steps[None]]) -> Steps[None]:
    yield from start()


def _component(component: Component, end: Ended[None], milliseconds: float) -> ComponentHealth:
    latency = round(milliseconds, 1)
    if end.error is None:
        return ComponentHealth(status="healthy", latency_ms=latency)
    failure = _failure(end.error)
    _log.warning(
        "%s is unhealthy: %s", component.name, failure, exc_info=end.error, extra={"component": component.name}
    )
    return ComponentHealth(status="unhealthy", latency_ms=latency, error=failure)


def _failure(error: Exception) -> Failure:
    if isinstance(error, ConnectionFailedError):
        return error.failure
    return "configuration" if isinstance(error, LinkError) else "error"
