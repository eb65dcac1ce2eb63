"""The health function as the HTTP API sees it. Its behaviour on real engines is tested on the local stage."""

import json
import subprocess
import sys

import pytest

from core import environment, health
from core.connections.steps import Steps
from core.health import Component
from functions.health.handler import handler


class Context:
    """A Lambda context with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return 10_000


def test_without_links_it_answers_503_in_the_documented_form() -> None:
    """Whatever is wrong, the answer is well-formed, uncached JSON."""
    response = handler({}, Context())
    body = json.loads(response["body"])
    assert response["statusCode"] == 503
    assert response["headers"] == {"Content-Type": "application/json", "Cache-Control": "no-store"}
    assert set(body) == {"status", "stage", "version", "components"}
    assert body["status"] == "unhealthy"


@pytest.mark.parametrize(("required", "code"), [(True, 503), (False, 200)])
def test_only_a_component_that_nothing_works_without_makes_it_503(
    monkeypatch: pytest.MonkeyPatch, *, required: bool, code: int
) -> None:
    """A degraded stage still serves."""

    def fails(_: float) -> Steps[None]:
        yield from ()
        raise ZeroDivisionError

    monkeypatch.setattr(health.check, "__defaults__", ((Component("part", fails, required),),))
    assert handler({}, Context())["statusCode"] == code


def test_it_says_its_stage_and_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller learns which deployment answers."""
    monkeypatch.setenv(environment.STAGE, "dev-anna")
    monkeypatch.setenv(environment.VERSION, "9.9")
    body = json.loads(handler({}, Context())["body"])
    assert (body["stage"], body["version"]) == ("dev-anna", "9.9")


COLD = """
import sys
import awslambdaric.__main__, awslambdaric.bootstrap, psycopg, json, logging
before = set(sys.modules)
from functions.health.handler import handler
class Context:
    def get_remaining_time_in_millis(self): return 10_000
handler({}, Context())
print(*sorted(set(sys.modules) - before))
"""
FORBIDDEN = {
    "boto3",
    "botocore",
    "sqlalchemy",
    "pydantic",
    "redis",
    "opensearchpy",
    "requests",
    "urllib3",
    "http.client",
}


def test_the_cold_path_is_lean() -> None:
    """At most 40 modules beyond psycopg and the runtime client, and no client library."""
    ran = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)
    loaded = ran.stdout.splitlines()[-1].split()
    assert "functions.health.handler" in loaded
    assert len(loaded) <= 40, loaded
    assert not FORBIDDEN.intersection(loaded)


def test_importing_core_loads_no_driver() -> None:
    """`import core` is free of psycopg and of everything that is not the standard library's or ours."""
    program = "import sys; import core; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    foreign = {name for name in ran.stdout.split() if name not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("_")} <= {"core", "sitecustomize", "distutils"}
