"""A gateway on a real port, before an invoker of the test's choice."""

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import cast

import pytest

from core.manifest import Function, Route
from local.gateway.event import Event
from local.runtime import HandlerFailed, Outcome, Succeeded


@dataclass(frozen=True)
class Answer:
    """A response as a client sees it; the headers with names in lower case, one pair each."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        return dict(self.headers).get(name)


Ask = Callable[..., Answer]

PROBE = Function(
    name="probe",
    handler="probe_handler.handler",
    description="A test's function.",
    routes=(Route("GET", "/probe"), Route("POST", "/probe/{id}")),
)


class Invoker:
    """Stands at the gateway's other side: it keeps the events, and answers or raises what it is told."""

    def __init__(self, answer: Outcome | Exception) -> None:
        self.answer = answer
        self.events: list[Event] = []

    async def __call__(self, name: str, event: object, /) -> Outcome:
        """Answer one event."""
        assert name == "probe"
        self.events.append(cast("Event", json.loads(cast("bytes", event))))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio, which the gateway is written for."""
    return "asyncio"


@pytest.fixture
def ask() -> Ask:
    """Return what sends one request, headers repeated where they are, on a connection of its own."""

    def ask(
        port: int, method: str, target: str, *, headers: list[tuple[str, str]] | None = None, body: bytes | None = None
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers or []:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            pairs = [(name.lower(), value) for name, value in response.getheaders()]
            return Answer(response.status, pairs, response.read())

    return ask


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """Return what makes an outcome with a payload; a success unless another kind is given."""

    def outcome(payload: object, kind: type[Outcome] = Succeeded) -> Outcome:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return kind(function="probe", request_id="id", payload=body, duration_ms=1.0, init_ms=None, log=())

    return outcome


@pytest.fixture
def failures() -> tuple[type[Outcome], ...]:
    """Return every kind of outcome that is not a success."""
    kinds = tuple(kind for kind in Outcome.__subclasses__() if kind is not Succeeded)
    assert HandlerFailed in kinds
    return kinds
