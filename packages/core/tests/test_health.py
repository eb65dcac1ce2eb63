"""The health of a stage: what each component's failure makes of it."""

import logging
from time import monotonic

import pytest

from core import ConnectionFailedError
from core.connections.steps import Steps
from core.errors import Failure
from core.health import COMPONENTS, Component, check


def component(name: str, failure: Failure | None = None, *, required: bool = False) -> Component:
    """Return a component that is healthy, or fails."""

    def probe(_: float) -> Steps[None]:
        yield from ()
        if failure is not None:
            raise ConnectionFailedError(failure, "user hunter at db.internal")

    return Component(name, probe, required)


def test_a_stage_whose_components_all_answer_is_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names the stage, the version and every component."""
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("VERSION", "1.2.3")
    health = check((component("redis"), component("postgres", required=True)))
    assert {**health, "components": None} == {
        "status": "healthy",
        "stage": "dev",
        "version": "1.2.3",
        "components": None,
    }
    assert list(health["components"]) == ["postgres", "redis"]
    assert all(part["status"] == "healthy" and part["latency_ms"] >= 0 for part in health["components"].values())
    assert all("error" not in part for part in health["components"].values())


def test_a_component_that_can_be_done_without_degrades_the_stage() -> None:
    """The failing component says its class of failure."""
    health = check((component("redis", "refused"), component("postgres", required=True)))
    assert health["status"] == "degraded"
    assert health["components"]["redis"].get("error") == "refused"


def test_without_a_required_component_the_stage_is_unhealthy() -> None:
    """One that nothing works without outweighs the others."""
    health = check((component("redis", "timeout"), component("postgres", "closed", required=True)))
    assert health["status"] == "unhealthy"


def test_what_failed_is_in_the_log_and_not_in_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Hosts, users and tracebacks go to the log alone."""
    with caplog.at_level(logging.WARNING):
        health = check((component("redis", "refused"),))
    assert "hunter" not in str(health)
    assert "db.internal" in caplog.text


def test_a_missing_link_is_that_components_failure_alone() -> None:
    """Without any link, every component fails by its configuration and nothing is raised."""
    health = check()
    assert health["status"] == "unhealthy"
    assert {part.get("error") for part in health["components"].values()} == {"configuration"}
    assert set(health["components"]) == {"postgres", "redis", "opensearch"}


def test_an_unforeseen_error_is_that_components_failure_alone() -> None:
    """It never raises, whatever a probe does."""

    def broken(_: float) -> Steps[None]:
        yield from ()
        raise ZeroDivisionError

    health = check((Component("broken", broken, required=False), component("redis")))
    assert health["components"]["broken"].get("error") == "error"
    assert health["components"]["redis"]["status"] == "healthy"


def test_every_component_gets_a_deadline_of_two_seconds() -> None:
    """The bound is handed to each probe."""
    given: list[float] = []

    def probe(until: float) -> Steps[None]:
        given.append(until - monotonic())
        yield from ()

    check((Component("one", probe, required=False), Component("two", probe, required=False)))
    assert [round(seconds, 1) for seconds in given] == [2.0, 2.0]


def test_postgres_is_what_nothing_works_without() -> None:
    """Redis and OpenSearch have fallbacks, the database has none."""
    assert {part.name for part in COMPONENTS if part.required} == {"postgres"}
