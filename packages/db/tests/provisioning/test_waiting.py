"""Waiting for engines: what passes is waited out, what does not ends in time with its reason."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core import OpenSearch
from db.provisioning import (
    Engines,
    EnginesNotReadyError,
    MasterRefusedError,
    Patience,
    StepFailedError,
    deployment,
    migration,
    run_steps,
)
from local.proxy import Forward, Proxy, Refuse, Silent

from .conftest import SHORT
from .rds_proxy import NO_SECRET, REFUSED

if TYPE_CHECKING:
    from .conftest import Instance
    from .rds_proxy import RdsProxy

pytestmark = pytest.mark.engines

ENDLESS = Patience(ready=1000, sign_in=1000)
LONG = Patience(ready=60, sign_in=60, attempt=0.5, pause=0.05)


@pytest.fixture
def search(engines: Engines) -> Iterator[Proxy]:
    """Return a proxy before OpenSearch."""
    with Proxy(engines.opensearch.host, engines.opensearch.port) as proxy:
        yield proxy


def through(engines: Engines, proxy: Proxy) -> Engines:
    """Return the engines with OpenSearch behind a proxy."""
    opensearch: OpenSearch = replace(engines.opensearch, port=proxy.port)
    return replace(engines, opensearch=opensearch)


@pytest.mark.parametrize("mode", [Refuse(), Silent()], ids=["refuses", "silent"])
def test_an_engine_that_comes_up_late_is_waited_for(engines: Engines, search: Proxy, mode: Refuse | Silent) -> None:
    """What is complete to CloudFormation may not serve yet."""
    search.switch(mode)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "OpenSearch is not ready" in line:
            search.switch(Forward())

    waiting, *_ = deployment(through(engines, search), [], say=say, patience=LONG)
    assert run_steps([waiting], say)["engines"] == "PostgreSQL and Redis and OpenSearch answer"
    assert sum("not ready" in line for line in said) == 1


def test_an_engine_that_does_not_come_up_is_named(engines: Engines, search: Proxy) -> None:
    """The others are not."""
    search.switch(Refuse())
    with pytest.raises(StepFailedError, match=r"engines: OpenSearch is not ready after \d+ s \(refused\)") as raised:
        run_steps(deployment(through(engines, search), [], say=print, patience=SHORT), print)
    assert isinstance(raised.value.__cause__, EnginesNotReadyError)


def test_a_step_ends_by_its_own_time_too(engines: Engines, search: Proxy) -> None:
    """However patient the waiting is."""
    search.switch(Silent())
    waiting, *_ = deployment(through(engines, search), [], say=print, patience=LONG)
    with pytest.raises(StepFailedError, match="OpenSearch is not ready"):
        run_steps([replace(waiting, seconds=0.5)], print)


@pytest.mark.parametrize("message", [REFUSED, NO_SECRET], ids=["refused", "no secret"])
def test_a_sign_in_that_is_refused_at_first_is_tried_again(rds_proxy: "RdsProxy", message: str) -> None:
    """A policy takes its time until RDS Proxy knows it."""
    rds_proxy.refusals = [message] * 3
    said: list[str] = []
    steps = migration(rds_proxy.link, say=said.append, patience=LONG)
    assert run_steps(steps[:1], said.append)["database"] == "PostgreSQL answers"
    assert rds_proxy.tokens == 4
    assert sum("not ready (authentication)" in line for line in said) == 1


@pytest.mark.parametrize("message", [REFUSED, NO_SECRET], ids=["refused", "no secret"])
def test_a_master_who_is_refused_for_long_is_told_apart(rds_proxy: "RdsProxy", message: str) -> None:
    """Whether RDS Proxy takes a token of a user with a secret is not known: the error says where the remedy is."""
    rds_proxy.refusals = [message] * 10_000
    with pytest.raises(StepFailedError, match=r"docs/deploying\.md#the-master-user-is-refused") as raised:
        run_steps(migration(rds_proxy.link, say=print, patience=SHORT), print)
    assert isinstance(raised.value.__cause__, MasterRefusedError)
    assert message.format(user="master") in str(raised.value)
    assert "X-Amz-Signature" not in str(raised.value)


def test_a_refused_password_is_not_taken_for_that(engines: Engines, instance: "Instance") -> None:
    """Where no token is sent, IAM has nothing to do with it."""
    instance.run("ALTER ROLE master PASSWORD 'another'")
    with pytest.raises(StepFailedError, match="PostgreSQL is not ready") as raised:
        run_steps(migration(engines.postgres, say=print, patience=SHORT), print)
    assert type(raised.value.__cause__) is EnginesNotReadyError


def test_what_does_not_come_by_waiting_is_told_at_once(engines: Engines) -> None:
    """A database that is not there is a mistake of the deployment."""
    link = replace(engines.postgres, database="elsewhere")
    with pytest.raises(StepFailedError, match=r'\(configuration\): .*database "elsewhere" does not exist'):
        run_steps(migration(link, say=print, patience=ENDLESS), print)
