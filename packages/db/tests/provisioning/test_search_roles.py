"""OpenSearch roles, on an OpenSearch with its security plugin."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from core import Anonymous, OpenSearch
from core.connections import opensearch
from core.connections.steps import run
from core.signing import Credentials
from core.signing.credentials import ACCESS_KEY, SECRET_KEY, SESSION_TOKEN
from db.provisioning import FunctionRole, SearchRoleError
from db.provisioning.search_roles import ensure_search_roles
from local.engines import Engine, Memory, OpenSearchServer
from local.stage import Stage

from .secured import Front, role_arn, security

pytestmark = pytest.mark.engines

PRINCIPALS = {
    name: Credentials(f"ASIA{name.upper()}", secrets.token_hex(), secrets.token_hex())
    for name in ("provision", "health", "search", "stranger")
}
HEALTH = FunctionRole(name="health", role_arn=role_arn("health"))
SEARCH = FunctionRole(name="search", role_arn=role_arn("search"), read=("mocs", "tags"), write=("mocs",))

# In a process of its own, because tests may use no network.
FETCH = """
from local.artifacts import Cache, secured_opensearch
from local.paths import cache_folder
secured_opensearch(Cache(cache_folder()), lambda *_: None)
"""
MAPPINGS = {"properties": {"title": {"type": "text"}}}

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def engine(stage: Stage, worker: str) -> Generator[Engine]:
    """Return an OpenSearch of the module's own that has its security plugin."""
    subprocess.run((sys.executable, "-c", FETCH), check=True)
    beside = stage.engine("opensearch").definition.site
    name = f"secured-{worker}"
    site = replace(
        beside, folder=beside.folder.with_name(name), log=beside.log.with_name(f"{name}.log"), port=stage.port(name)
    )
    started = Engine(OpenSearchServer(site=site, security=security()), Memory())
    started.clear()  # of a run that was killed
    started.start()
    try:
        yield started
    finally:
        started.wipe()


@pytest.fixture
def front(engine: Engine) -> Iterator[Front]:
    """Return what is before it, as on AWS."""
    with Front(engine.port, PRINCIPALS) as opened:
        yield opened


@pytest.fixture
def ask(front: Front, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what makes a request as a function, and returns status and answer."""

    def request(name: str, method: str, target: str, body: dict[str, object] | None = None) -> tuple[int, Any]:
        with monkeypatch.context() as signing:
            sign_as(name, signing)
            answer = run(opensearch.request(front.link, method, target, monotonic() + 30, body))
        return answer.status, json.loads(answer.body)

    return request


@pytest.fixture
def link(front: Front, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> OpenSearch:
    """Return the domain for the provision function; no role of ours is in it, and two indexes with their aliases."""
    for name in ("health", "search"):
        for kind in ("rolesmapping", "roles"):
            ask("provision", "DELETE", f"/_plugins/_security/api/{kind}/mocstack-{name}")
    for name in ("mocs", "others"):
        ask("provision", "PUT", f"/{name}-v1", {"aliases": {name: {}}, "mappings": MAPPINGS})
    sign_as("provision", monkeypatch)
    front.passed.clear()
    return front.link


def sign_as(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign as a function from here on."""
    own = PRINCIPALS[name]
    monkeypatch.setenv(ACCESS_KEY, own.access_key)
    monkeypatch.setenv(SECRET_KEY, own.secret_key)
    monkeypatch.setenv(SESSION_TOKEN, own.session_token or "")


def ensure(link: OpenSearch, *functions: FunctionRole, seconds: float = 60) -> str:
    """Give functions their roles."""
    return ensure_search_roles(link, functions, monotonic() + seconds)


def test_the_health_function_sees_the_health_and_nothing_else(link: OpenSearch, ask: Ask) -> None:
    """By the ARN of its role; before that it may do nothing at all."""
    assert ask("health", "GET", "/_cluster/health")[0] == 403
    assert ensure(link, HEALTH) == "wrote mocstack-health"
    status, health = ask("health", "GET", "/_cluster/health")
    assert (status, health["status"] in ("green", "yellow")) == (200, True)
    for method, target in (
        ("GET", "/mocs/_search"),
        ("GET", "/mocs-v1/_search"),
        ("GET", "/_cat/indices"),
        ("GET", "/_cluster/settings"),
        ("PUT", "/own"),
        ("DELETE", "/mocs-v1"),
        ("GET", "/_plugins/_security/api/roles"),
        ("GET", "/_snapshot"),
        ("GET", "/.opendistro_security/_search"),
    ):
        assert ask("health", method, target)[0] == 403, (method, target)
    assert ask("stranger", "GET", "/_cluster/health")[0] == 403


def test_a_function_uses_the_indexes_that_it_declares(link: OpenSearch, ask: Ask) -> None:
    """By their aliases; it reads no other, writes what it may write, and makes, changes or deletes none."""
    ensure(link, HEALTH, SEARCH)
    assert ask("search", "PUT", "/mocs/_doc/1?refresh=true", {"title": "Galaxy Explorer"})[0] in (200, 201)
    status, found = ask("search", "GET", "/mocs/_search")
    assert status == 200
    assert "1" in {hit["_id"] for hit in found["hits"]["hits"]}
    for method, target in (
        ("GET", "/others/_search"),
        ("PUT", "/others/_doc/1"),
        ("PUT", "/tags/_doc/1"),
        ("PUT", "/new/_doc/1"),
        ("DELETE", "/mocs-v1"),
        ("GET", "/_plugins/_security/api/rolesmapping"),
    ):
        body: dict[str, object] | None = {"title": "x"} if "_doc" in target else None
        assert ask("search", method, target, body)[0] == 403, (method, target)
    assert ask("search", "PUT", "/mocs/_doc/1", {"unknown": "to the mapping"})[0] == 403
    assert ask("search", "DELETE", "/mocs/_doc/1?refresh=true")[0] == 200


def test_a_second_run_writes_nothing(link: OpenSearch, front: Front) -> None:
    """A role that is written makes every node read the configuration anew."""
    assert ensure(link, HEALTH, SEARCH) == "wrote mocstack-health, mocstack-search"
    front.passed.clear()
    assert ensure(link, HEALTH, SEARCH) == "the roles are as they are to be"
    assert {method for _, method, _ in front.passed} == {"GET"}


def test_what_a_function_no_longer_declares_is_taken_from_it(link: OpenSearch, ask: Ask) -> None:
    """A role is replaced as a whole, and so is who has it."""
    ensure(link, replace(SEARCH, role_arn=role_arn("stranger")))
    assert ask("stranger", "GET", "/mocs/_search")[0] == 200
    assert ensure(link, replace(SEARCH, read=())) == "wrote mocstack-search"
    assert ask("stranger", "GET", "/_cluster/health")[0] == 403
    assert ask("search", "GET", "/mocs/_search")[0] == 403
    assert ask("search", "PUT", "/mocs/_doc/2", {"title": "x"})[0] in (200, 201)


def test_only_its_own_roles_are_written(link: OpenSearch, front: Front, ask: Ask) -> None:
    """Above all not `all_access`, by which the provision function itself gets in."""
    before = ask("provision", "GET", "/_plugins/_security/api/rolesmapping")[1]
    ensure(link, HEALTH)
    written = {target for _, method, target in front.passed if method != "GET"}
    assert written == {f"/_plugins/_security/api/{kind}/mocstack-health" for kind in ("roles", "rolesmapping")}
    after = ask("provision", "GET", "/_plugins/_security/api/rolesmapping")[1]
    assert {name: after[name] for name in before} == before


def test_four_at_once_end_as_one(link: OpenSearch, ask: Ask) -> None:
    """They write the same document of the plugin's index, and one of them is told of a conflict."""
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(ensure, link, HEALTH, SEARCH) for _ in range(4)]:
            done.result()
    assert ask("health", "GET", "/_cluster/health")[0] == 200
    assert ask("search", "GET", "/mocs/_search")[0] == 200


@pytest.mark.parametrize("status", [401, 403, 409, 429, 503])
def test_a_refusal_that_may_pass_is_tried_again(link: OpenSearch, front: Front, status: int) -> None:
    """A policy takes its time until OpenSearch knows it; another run may be at the same role."""
    front.answers = [status]
    assert ensure(link, HEALTH) == "wrote mocstack-health"


def test_a_refusal_that_lasts_ends_in_time_with_its_reason(link: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a provision function whose role is not the domain's master."""
    sign_as("stranger", monkeypatch)
    with pytest.raises(SearchRoleError, match=r"OpenSearch answered 403 to GET /roles/mocstack-health: .*permission"):
        ensure(link, HEALTH, seconds=2)


def test_a_wrong_request_is_told_at_once(link: OpenSearch, front: Front) -> None:
    """What OpenSearch does not understand it will not understand later."""
    front.answers = [200, 400]
    with pytest.raises(SearchRoleError, match="OpenSearch answered 400 to PUT /roles/mocstack-health"):
        ensure(link, HEALTH)
    assert front.answers == []


def test_where_nobody_signs_in_there_are_no_roles(front: Front) -> None:
    """A link without IAM is to an OpenSearch without the plugin, which knows no such request."""
    assert "no roles" in ensure(replace(front.link, auth=Anonymous()), HEALTH)
    assert front.passed == []
