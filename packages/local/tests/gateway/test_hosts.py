"""By which names the gateway answers: a page in a browser must not reach it under a name of the page's own."""

import asyncio
import http.client
from collections.abc import Callable
from contextlib import closing

import pytest

from local.gateway import Gateway, serve
from local.runtime import Outcome

from .conftest import PROBE, Invoker

pytestmark = pytest.mark.anyio

Make = Callable[..., Outcome]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1"])
async def test_it_answers_by_its_own_names(outcome: Make, host: str) -> None:
    """Loopback's address and name are served, with whatever port a person's forwarding gives them."""
    async with serve(Gateway([PROBE], Invoker(outcome("fine")))) as port:
        assert await status_for(port, f"Host: {host}\r\n") == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "localhost:x", ""]
)
async def test_it_answers_by_no_other_name(outcome: Make, host: str) -> None:
    """A web page that has its own name lead to loopback (DNS rebinding) gets 403, and no function hears of it."""
    invoker = Invoker(outcome("never"))
    async with serve(Gateway([PROBE], invoker)) as port:
        assert await status_for(port, f"Host: {host}\r\n") == 403
    assert not invoker.events


async def test_the_refusal_of_a_name_is_the_services_own(outcome: Make) -> None:
    """A second `Host` is refused by the server, a foreign one with the form that HTTP APIs refuse in."""

    def forbidden(port: int) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/probe", headers={"Host": "evil.example"})
            response = connection.getresponse()
            return response.status, response.read()

    async with serve(Gateway([PROBE], Invoker(outcome("never")))) as port:
        assert await asyncio.to_thread(forbidden, port) == (403, b'{"message":"Forbidden"}')
        assert await status_for(port, "Host: localhost\r\nHost: evil.example\r\n") in {400, 403}


async def status_for(port: int, headers: str) -> int:
    """Send a request with these headers alone, and return the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET /probe HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        await writer.wait_closed()
