"""The gateway over real sockets: what it answers, and how it starts and stops."""

import asyncio
import json
import logging
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil
import pytest

from core.manifest import Function
from local.gateway import BODY_LIMIT, Gateway, PortTakenError, serve
from local.runtime import Code, Outcome, RequestTooLargeError, Runtime, ThrottledError

from .conftest import PROBE, Invoker

pytestmark = pytest.mark.anyio


class Answer(Protocol):
    """A response as a client sees it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        ...


Ask = Callable[..., Answer]
Make = Callable[..., Outcome]

NOT_FOUND = (404, b'{"message":"Not Found"}')
ERROR = (500, b'{"message":"Internal Server Error"}')
UNAVAILABLE = (503, b'{"message":"Service Unavailable"}')
TOO_LARGE = (413, b'{"message":"Request Entity Too Large"}')


def told(answer: Answer) -> tuple[int, bytes]:
    """Return status and body of an answer of the gateway's own, which is JSON."""
    assert answer.header("content-type") == "application/json"
    return answer.status, answer.body


async def test_a_request_goes_through_a_real_function_and_back(ask: Ask, tmp_path: Path) -> None:
    """Path, query, cookies, headers and a binary body reach a handler, and all it says reaches the client."""
    (tmp_path / "probe_handler.py").write_text("""
import base64, json
def handler(event, context):
    seen = [event["pathParameters"], event["queryStringParameters"], event["cookies"], event["headers"]["x-own"]]
    body = json.dumps(seen).encode() + base64.b64decode(event["body"])
    return {"statusCode": 418, "headers": {"X-Request": event["requestContext"]["requestId"]},
            "cookies": ["a=1", "b=2"], "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
""")
    async with (
        Runtime([PROBE], environ_for=lambda _: {}, code=Code(tmp_path)) as runtime,
        serve(Gateway([PROBE], runtime.invoke)) as port,
    ):
        headers = [("Cookie", "s=1; t=2"), ("X-Own", "one"), ("x-own", "two"), ("Content-Type", "image/png")]
        answer = await asyncio.to_thread(
            ask, port, "POST", "/probe/a%20b?x=1&x=%CE%BB", headers=headers, body=b"\x89PNG\0\xff"
        )
    assert answer.status == 418
    seen, _, rest = answer.body.partition(b"]\x89")
    assert json.loads(seen + b"]") == [{"id": "a b"}, {"x": "1,λ"}, ["s=1", "t=2"], "one,two"]
    assert rest == b"PNG\0\xff"
    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1", "b=2"]
    assert answer.header("x-request") == answer.header("apigw-requestid")
    assert answer.header("content-type") == "text/plain; charset=utf-8"


async def test_a_real_error_crash_and_timeout_are_the_gateways_500(ask: Ask, tmp_path: Path) -> None:
    """A handler that raises, one whose process ends, and one that takes too long all look the same to a client."""
    (tmp_path / "probe_handler.py").write_text("""
import os
def handler(event, context):
    match event["rawQueryString"]:
        case "raise": raise ValueError("secret")
        case "crash": os._exit(1)
        case "hang":
            while True: pass
    return {"statusCode": 200, "body": "fine"}
""")
    function = Function(name="probe", handler=PROBE.handler, description="", routes=PROBE.routes, timeout=1)
    async with (
        Runtime([function], environ_for=lambda _: {}, code=Code(tmp_path)) as runtime,
        serve(Gateway([function], runtime.invoke)) as port,
    ):
        for query in ("raise", "crash", "hang"):
            assert told(await asyncio.to_thread(ask, port, "GET", f"/probe?{query}")) == ERROR
        assert (await asyncio.to_thread(ask, port, "GET", "/probe")).body == b"fine"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/probe/"), ("GET", "/probe/1"), ("POST", "/probe"), ("OPTIONS", "/probe"), ("PUT", "/x")],
)
async def test_an_unknown_path_or_method_is_not_found(ask: Ask, outcome: Make, method: str, path: str) -> None:
    """What no route declares is 404, and no function hears of it."""
    invoker = Invoker(outcome("never"))
    async with serve(Gateway([PROBE], invoker)) as port:
        assert told(await asyncio.to_thread(ask, port, method, path)) == NOT_FOUND
    assert not invoker.events


async def test_head_is_a_method_like_any_other(ask: Ask, outcome: Make) -> None:
    """A GET route does not answer HEAD; the 404 has no body, as no answer to HEAD has."""
    async with serve(Gateway([PROBE], Invoker(outcome("never")))) as port:
        answer = await asyncio.to_thread(ask, port, "HEAD", "/probe")
    assert (answer.status, answer.body) == (404, b"")


async def test_a_malformed_path_is_a_bad_request(ask: Ask, outcome: Make) -> None:
    """A percent sign that the service can't decode is 400."""
    async with serve(Gateway([PROBE], Invoker(outcome("never")))) as port:
        answer = await asyncio.to_thread(ask, port, "GET", "/probe%25x")
    assert told(answer) == (400, b'{"message":"Bad Request"}')


async def test_every_failure_of_a_function_is_a_500(
    ask: Ask, outcome: Make, failures: tuple[type[Outcome], ...]
) -> None:
    """Whatever went wrong in a function, the client learns nothing of it."""
    invoker = Invoker(outcome("never"))
    async with serve(Gateway([PROBE], invoker)) as port:
        for kind in failures:
            invoker.answer = outcome({"errorMessage": "secret"}, kind)
            assert told(await asyncio.to_thread(ask, port, "GET", "/probe")) == ERROR


async def test_a_malformed_response_is_a_500_and_is_logged(
    ask: Ask, outcome: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets the error, the developer the reason."""
    async with serve(Gateway([PROBE], Invoker(outcome({"statusCode": "200"})))) as port:
        assert told(await asyncio.to_thread(ask, port, "GET", "/probe")) == ERROR
    assert "the function 'probe' gave no response to GET /probe: statusCode is '200'" in caplog.text


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ThrottledError("probe", 1000), UNAVAILABLE),
        (RequestTooLargeError(7_000_000, 6_291_456), TOO_LARGE),
        (RuntimeError("a bug"), ERROR),
    ],
)
async def test_a_request_that_is_not_served_has_its_answer(
    ask: Ask, error: Exception, expected: tuple[int, bytes]
) -> None:
    """Throttling is 503, an event too large for Lambda 413, and whatever nobody thought of 500."""
    async with serve(Gateway([PROBE], Invoker(error))) as port:
        assert told(await asyncio.to_thread(ask, port, "GET", "/probe")) == expected


async def test_what_nobody_thought_of_is_logged(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """A defect of the gateway leaves its traceback in the log."""
    async with serve(Gateway([PROBE], Invoker(RuntimeError("a bug")))) as port:
        await asyncio.to_thread(ask, port, "GET", "/probe")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert "a bug" in caplog.text


async def test_the_gateway_has_a_timeout_of_its_own(ask: Ask, outcome: Make) -> None:
    """A function that takes longer than an integration may is 503."""
    never = asyncio.Event()

    async def hang(_name: str, _event: object, /) -> Outcome:
        await never.wait()
        return outcome("never")

    async with serve(Gateway([PROBE], hang, timeout=0.2)) as port:
        began = time.monotonic()
        assert told(await asyncio.to_thread(ask, port, "GET", "/probe")) == UNAVAILABLE
        assert 0.2 <= time.monotonic() - began < 3


async def test_a_body_over_the_limit_is_refused(ask: Ask, outcome: Make) -> None:
    """10 MB reach the function; a byte more does not."""
    invoker = Invoker(outcome({"statusCode": 204}))
    async with serve(Gateway([PROBE], invoker)) as port:
        for size in (BODY_LIMIT, BODY_LIMIT + 1):
            answer = await asyncio.to_thread(ask, port, "POST", "/probe/1", body=b"x" * size)
        assert told(answer) == TOO_LARGE
    assert [event["headers"]["content-length"] for event in invoker.events] == [str(BODY_LIMIT)]


async def test_a_response_without_a_body_has_no_length(ask: Ask, outcome: Make) -> None:
    """204 and 304 carry neither body nor length, whatever the function says."""
    invoker = Invoker(outcome("never"))
    async with serve(Gateway([PROBE], invoker)) as port:
        for status in (204, 304):
            invoker.answer = outcome({"statusCode": status, "body": "ignored"})
            answer = await asyncio.to_thread(ask, port, "GET", "/probe")
            assert (answer.status, answer.body, answer.header("content-length")) == (status, b"", None)


async def test_a_response_of_a_function_that_is_json_is_inferred(ask: Ask, outcome: Make) -> None:
    """A result without a status code is the body of a 200."""
    async with serve(Gateway([PROBE], Invoker(outcome({"name": "λ"})))) as port:
        answer = await asyncio.to_thread(ask, port, "GET", "/probe")
    assert told(answer) == (200, json.dumps({"name": "λ"}).encode())


async def test_requests_are_served_side_by_side(ask: Ask, outcome: Make) -> None:
    """A slow request holds no other up."""
    together = asyncio.Barrier(5)

    async def meet(_name: str, _event: object, /) -> Outcome:
        await together.wait()
        return outcome("met")

    async with serve(Gateway([PROBE], meet)) as port:
        answers = await asyncio.gather(*(asyncio.to_thread(ask, port, "GET", "/probe") for _ in range(5)))
    assert {answer.body for answer in answers} == {b"met"}


async def test_it_listens_on_loopback_only_and_leaves_signals_alone(outcome: Make) -> None:
    """The port is taken on 127.0.0.1 alone, and Ctrl-C stays the program's own."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with serve(Gateway([PROBE], Invoker(outcome("never")))) as port:
        await asyncio.sleep(0)
        connections = psutil.Process().net_connections("tcp")
        assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN and c.laddr.port == port} == {
            "127.0.0.1"
        }
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_a_port_that_is_taken_is_named(outcome: Make) -> None:
    """The error says which port, and that nothing was started."""
    async with serve(Gateway([PROBE], Invoker(outcome("never")))) as port:
        with pytest.raises(PortTakenError, match=rf"127\.0\.0\.1:{port}"):
            await serve(Gateway([PROBE], Invoker(outcome("never"))), port).__aenter__()


async def test_it_stops_while_a_request_runs(ask: Ask, outcome: Make) -> None:
    """Stopping gives a running request its grace and no more, and frees the port."""
    reached = asyncio.Event()

    async def hang(_name: str, _event: object, /) -> Outcome:
        reached.set()
        await asyncio.Event().wait()
        return outcome("never")

    async with serve(Gateway([PROBE], hang)) as port:
        request = asyncio.create_task(asyncio.to_thread(ask, port, "GET", "/probe"))
        await reached.wait()
        began = time.monotonic()
    assert time.monotonic() - began < 5
    await asyncio.gather(request, return_exceptions=True)
    async with serve(Gateway([PROBE], hang), port) as again:
        assert again == port
