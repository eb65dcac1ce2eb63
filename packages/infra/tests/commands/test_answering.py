"""Asking a deployed stage whether it is healthy, over HTTP."""

import json
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.commands.answering import NotHealthyError, await_health

HEALTHY = json.dumps({"status": "healthy", "stage": "jane"})
DEGRADED = json.dumps({"status": "degraded", "stage": "jane"})


@contextmanager
def answering(*answers: tuple[int, str]) -> Generator[tuple[str, list[str]]]:
    """Serve answers, the last one for ever; give the address, and the paths that are asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:  # type: ignore[override]  # nothing is logged
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("end", ["", "/"])
def test_the_answer_is_the_last_line(end: str) -> None:
    """Whether or not the API's address ends in a slash."""
    said: list[str] = []
    with answering((200, HEALTHY)) as (url, asked):
        await_health("jane", f"{url}{end}", said.append)
    assert asked == ["/health"]
    assert said == [f"asking {url}/health", HEALTHY]


def test_it_is_asked_until_it_is_healthy() -> None:
    """What is new takes a while: an error, a component that is not there yet, garbage."""
    said: list[str] = []
    with answering((503, DEGRADED), (200, DEGRADED), (200, "<html>"), (200, "[]"), (200, HEALTHY)) as (url, asked):
        await_health("jane", url, said.append, interval=0.01)
    assert len(asked) == 5
    assert said[1:] == [HEALTHY]


@pytest.mark.parametrize(
    ("status", "body", "shown"), [(200, DEGRADED, DEGRADED), (503, "no", "no"), (500, "", "HTTP Error 500")]
)
def test_what_does_not_get_healthy_fails_and_is_shown(status: int, body: str, shown: str) -> None:
    """Degraded is not healthy: the last answer is shown, and where to look."""
    said: list[str] = []
    with answering((status, body)) as (url, _), pytest.raises(NotHealthyError, match="`nox -s logs -- jane`"):
        await_health("jane", url, said.append, patience=0.05, interval=0.01)
    assert said[1].startswith(shown)


def test_nobody_there_is_an_answer_too() -> None:
    """As while a name is not known yet."""
    with socket.socket() as bound:  # and nobody listens
        bound.bind(("127.0.0.1", 0))
        said: list[str] = []
        with pytest.raises(NotHealthyError):
            await_health("jane", f"http://127.0.0.1:{bound.getsockname()[1]}", said.append, patience=0, interval=0.01)
    assert said[1].startswith("no answer: ")
