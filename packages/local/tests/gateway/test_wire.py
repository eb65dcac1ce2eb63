"""Whatever a function returns, the client gets a well-formed HTTP response."""

import asyncio
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.manifest import Function, Route
from local.gateway import Gateway, serve
from local.runtime import Outcome

PROBE = Function(name="probe", handler="h.h", description="", routes=(Route("GET", "/probe"),))

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
RESPONSES = st.fixed_dictionaries(
    {"statusCode": st.integers(190, 610)},
    optional={
        "headers": st.dictionaries(st.text(max_size=6), VALUES, max_size=3),
        "cookies": st.lists(VALUES, max_size=2),
        "body": VALUES,
        "isBase64Encoded": st.booleans(),
    },
)


@pytest.mark.slow
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RESPONSES, min_size=10, max_size=40))
def test_every_response_can_be_sent(outcome: Callable[..., Outcome], responses: list[dict[str, object]]) -> None:
    """On one connection, each response is either what the function said or the gateway's 500, and none breaks it."""
    pending = iter(responses)

    async def invoke(_name: str, _event: object, /) -> Outcome:
        return outcome(json.dumps(next(pending)).encode())

    async def statuses() -> list[int]:
        async with serve(Gateway([PROBE], invoke)) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            found = [await _get(reader, writer) for _ in responses]
            writer.close()
            await writer.wait_closed()
            return found

    for said, status in zip(responses, asyncio.run(statuses()), strict=True):
        assert status in {said["statusCode"], 500}


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Send a request and read the whole response; return its status."""
    writer.write(b"GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    await reader.readexactly(int(headers.get("content-length", "0")))
    return int(head[0].split()[1])
