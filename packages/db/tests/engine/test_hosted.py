"""A function that uses `db.engine`, under the genuine Lambda runtime client, killed by the platform."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Postgres, Resources
from core.manifest import Function, PostgresAccess
from local.runtime import HandlerFailed, Succeeded, TimedOut
from local.runtime.variables import local_principal
from local.serving import workspace_packages
from local.testing import Host

from .conftest import Beside

pytestmark = pytest.mark.engines

HANDLER = '''
"""Writes a note, and does with the session what the event says."""

from threading import Event

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.invocation import invocation
from db.engine import engine, session

INSERT = text("INSERT INTO notes VALUES (:id)")
forgotten = []


@invocation
def handler(event, context):
    if event.get("forgets"):
        forgotten.append(Session(engine()))
        forgotten[-1].execute(INSERT, {"id": event["id"]})
        return None
    with session() as opened:
        opened.execute(INSERT, {"id": event["id"]})
        if event.get("hangs"):
            Event().wait()
        if event.get("sleeps"):
            opened.execute(text("SELECT pg_sleep(60)"))
        return opened.execute(text("SELECT count(*) FROM notes")).scalar_one()
'''

NOTE = Function(
    name="note",
    handler="noting.handler.handler",
    description="Writes a note.",
    links=(PostgresAccess(Resources.MyPostgres),),
    timeout=3,
)


@pytest.fixture
def host(link: Postgres, tmp_path: Path) -> Iterator[Host]:
    """Return the function, served."""
    package = tmp_path / "noting"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "handler.py").write_text(HANDLER)
    with Host(
        [NOTE],
        links=lambda _: Resources.MyPostgres.encode(link),
        credentials=local_principal,
        folder=tmp_path / "code",
        packages=[*workspace_packages(), package],
        limit=1,
    ) as started:
        yield started


def test_a_timeout_in_the_middle_of_a_transaction_leaves_no_lock_and_no_row(host: Host, beside: Beside) -> None:
    """The platform kills the environment; the next invocation, in a new one, writes the very row."""
    assert isinstance(host.invoke("note", {"id": 1}), Succeeded)
    assert isinstance(host.invoke("note", {"id": 2, "hangs": True}), TimedOut)
    answer = host.invoke("note", {"id": 2})
    assert isinstance(answer, Succeeded), answer
    assert answer.document() == 2
    assert (beside.rows(), beside.locks()) == ([1, 2], 0)


def test_a_session_that_the_handler_forgot_is_not_in_the_way_of_the_next_invocation(host: Host, beside: Beside) -> None:
    """In the same environment, the next invocation finds neither its row nor its lock."""
    for number in (1, 2, 1):
        forgot = host.invoke("note", {"id": number, "forgets": True})
        assert isinstance(forgot, Succeeded), forgot
    answer = host.invoke("note", {"id": 1})
    assert isinstance(answer, Succeeded), answer
    assert answer.init_ms is None
    assert answer.document() == 1
    assert (beside.rows(), beside.locks()) == ([1], 0)


def test_a_statement_that_does_not_end_is_an_error_before_the_timeout(host: Host, beside: Beside) -> None:
    """The handler fails by itself, with an error that says what happened, and its environment serves the next."""
    failed = host.invoke("note", {"id": 1, "sleeps": True})
    assert isinstance(failed, HandlerFailed), failed
    assert json.loads(failed.payload)["errorType"] == "StatementDeadlineError"
    answer = host.invoke("note", {"id": 2})
    assert isinstance(answer, Succeeded), answer
    assert answer.init_ms is None
    assert beside.rows() == [2]
