"""The pytest plugin, as people's own tests use it."""

import json

import psycopg
import pytest

from core import Postgres, Resource, Resources
from core.connections.postgres import close_connections, connection
from local.runtime import Succeeded
from local.stage import Stage
from local.testing import Host

pytestmark = pytest.mark.engines


def test_the_api_answers_healthy_on_real_engines(api: Host) -> None:
    """A request goes through gateway, Lambda runtime client and function to all three engines."""
    answer = api.get("/health")
    body = answer.json()
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert (body["status"], body["stage"]) == ("healthy", "local")
    assert {name: part["status"] for name, part in body["components"].items()} == dict.fromkeys(
        ("postgres", "redis", "opensearch"), "healthy"
    )


def test_a_function_is_invoked_with_its_log(api: Host) -> None:
    """An invocation gives the answer and what was logged for it, the platform's records included."""
    outcome = api.invoke("health")
    assert isinstance(outcome, Succeeded)
    assert [json.loads(line.text)["type"] for line in outcome.log] == ["platform.start", "platform.report"]


def test_core_reaches_the_workers_own_database(database: Postgres, worker: str) -> None:
    """A test may use core in its own process, as the application, on a database of its own."""
    with Resources.MyPostgres.override(database):
        row = connection(Resource.MyPostgres).execute("SELECT current_database(), current_user").fetchone()
    close_connections()
    assert row == (f"test_{worker}", "app")


def test_the_application_has_no_other_database(database: Postgres, stage: Stage) -> None:
    """Another worker's or the superuser's database is closed to it."""
    other = Postgres.decode("MyPostgres", database.encode().replace(database.database, "postgres"))
    with Resources.MyPostgres.override(other), pytest.raises(psycopg.Error):
        connection().execute("CREATE TABLE public.stray (id int)")
    close_connections()
    assert stage.postgres(Resources.MyPostgres).user == "app"
