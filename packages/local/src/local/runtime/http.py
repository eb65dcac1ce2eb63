"""HTTP/1.1 over a stream, as much as the Runtime API needs, spoken by h11."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import h11

_HEADERS_LIMIT = 2 * 1024 * 1024
"""Bytes: awslambdaric reports an error's traceback in a header of up to 1 MiB."""
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: the HTTP method.
        path: the target as sent.
        body: the body, or None where it is larger than allowed.
    """

    method: str
    path: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Response:
    """One response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def json_response(status: int, document: Mapping[str, str]) -> Response:
    """Return a response that carries a JSON document."""
    return Response(status, json.dumps(document).encode())


Answer = Callable[[Request], Awaitable[Response]]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, *, body_limit: int) -> None:
    """Answer the requests of one connection until it closes.

    Args:
        reader: what the client sends.
        writer: what the client gets.
        answer: called for each request.
        body_limit: bytes; a larger body is read to its end but not kept.
    """
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEADERS_LIMIT)
    try:
        while request := await _receive(connection, reader, writer, body_limit):
            await _send(connection, writer, await answer(request))
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()
    except (h11.RemoteProtocolError, ConnectionError):
        return
    finally:
        writer.close()


async def _receive(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body_limit: int
) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    size = 0
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            connection.receive_data(await reader.read(_READ))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            size += len(event.data)
            if size <= body_limit:
                body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            kept = bytes(body) if size <= body_limit else None
            return Request(head.method.decode(), head.target.decode(), kept)
        else:
            return None


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, response: Response) -> None:
    headers = {"Content-Type": "application/json", **response.headers, "Content-Length": str(len(response.body))}
    head = h11.Response(status_code=response.status, headers=list(headers.items()))
    events = (head, h11.Data(data=response.body), h11.EndOfMessage())
    writer.write(b"".join(connection.send(event) or b"" for event in events))
    await writer.drain()
