"""What the Runtime API says to requests that awslambdaric never makes, or makes only when something is wrong."""

import asyncio
import http.client
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager

import pytest

from local.runtime.api import Delivery, Reply, RuntimeApi

pytestmark = pytest.mark.anyio

PREFIX = "/2018-06-01/runtime"


@contextmanager
def _connected(address: str) -> Generator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def ask(address: str, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own; return status, headers and body."""
    with _connected(address) as connection:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


@pytest.fixture
async def api() -> AsyncGenerator[tuple[RuntimeApi, str]]:
    """Return an API that is served, and its address."""
    api = RuntimeApi()
    yield api, await api.start()
    await api.close()


def delivery(request_id: str) -> Delivery:
    """Return an event."""
    return Delivery(request_id, b'{"a":1}', 1234567890123, "arn:probe", "Root=1-2-3")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PREFIX}/restore/next"),
        ("POST", f"{PREFIX}/restore/error"),
        ("GET", f"{PREFIX}/invocation/1/response"),
        ("POST", f"{PREFIX}/invocation/next"),
        ("GET", "/"),
    ],
)
async def test_what_is_not_served_is_not_found(api: tuple[RuntimeApi, str], method: str, path: str) -> None:
    """Paths and methods that a function without SnapStart has no use for are 404, which says what was asked."""
    status, _, body = await asyncio.to_thread(ask, api[1], method, path)
    assert status == 404
    assert path in json.loads(body)["errorMessage"]


async def test_an_event_goes_out_with_lambdas_headers_and_comes_back_as_a_reply(api: tuple[RuntimeApi, str]) -> None:
    """`next` hands over the event with its headers; `response` of the same id is the reply."""
    exchange = asyncio.ensure_future(api[0].exchange(delivery("id-1")))
    status, headers, body = await asyncio.to_thread(ask, api[1], "GET", f"{PREFIX}/invocation/next")
    assert (status, body) == (200, b'{"a":1}')
    expected = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": "id-1",
        "Lambda-Runtime-Deadline-Ms": "1234567890123",
        "Lambda-Runtime-Invoked-Function-Arn": "arn:probe",
        "Lambda-Runtime-Trace-Id": "Root=1-2-3",
    }
    assert expected.items() <= headers.items()
    status, _, body = await asyncio.to_thread(ask, api[1], "POST", f"{PREFIX}/invocation/id-1/response", b"answer")
    assert (status, json.loads(body)) == (202, {"status": "OK"})
    assert await exchange == Reply("response", b"answer")


async def test_a_reply_to_another_request_is_refused(api: tuple[RuntimeApi, str]) -> None:
    """A response of a request that is not running, or that was answered, is 400 and changes nothing."""
    exchange = asyncio.ensure_future(api[0].exchange(delivery("id-1")))
    await asyncio.to_thread(ask, api[1], "GET", f"{PREFIX}/invocation/next")
    for request_id, expected in (("id-0", 400), ("id-1", 202), ("id-1", 400)):
        path = f"{PREFIX}/invocation/{request_id}/response"
        status, _, _ = await asyncio.to_thread(ask, api[1], "POST", path, request_id.encode())
        assert status == expected
    assert await exchange == Reply("response", b"id-1")


async def test_a_client_that_waits_for_100_continue_gets_it(api: tuple[RuntimeApi, str]) -> None:
    """A body announced with `Expect: 100-continue` is asked for."""
    host, port = api[1].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {PREFIX}/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    writer.write(head.encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(b"{}")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 202")
    writer.close()
    await writer.wait_closed()
    assert await api[0].initialized == b"{}"


async def test_garbage_on_the_port_does_no_harm(api: tuple[RuntimeApi, str]) -> None:
    """A connection that does not speak HTTP is closed, and the API serves on."""
    host, port = api[1].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\0\1\2 garbage\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    status, _, _ = await asyncio.to_thread(ask, api[1], "GET", "/")
    assert status == 404
