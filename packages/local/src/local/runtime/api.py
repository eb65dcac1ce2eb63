"""The Lambda Runtime API (version 2018-06-01), served to one execution environment on a loopback port of its own.

The API itself does not say which environment calls: a listener each does.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal

from .http import Request, Response, json_response, serve

REQUEST_LIMIT = 6 * 1024 * 1024
"""Bytes: the largest event of a synchronous invocation (Lambda quotas)."""
RESPONSE_LIMIT = REQUEST_LIMIT + 100
"""Bytes: the largest response; the 100 are those of AWS's own runtime interface emulator."""

_PREFIX = "/2018-06-01/runtime"
_ACCEPTED = json_response(202, {"status": "OK"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to the runtime.

    Attributes:
        request_id: the invocation's id.
        payload: the event, as JSON.
        deadline_ms: when the function's time is up, in milliseconds of Unix time.
        function_arn: the ARN that was invoked.
        trace_id: the X-Ray tracing header.
    """

    request_id: str
    payload: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the runtime answered: a response, the document of an error, or more than allowed."""

    kind: Literal["response", "error", "too_large"]
    body: bytes


class RuntimeApi:
    """The API as one environment sees it.

    Attributes:
        initialized: done when the runtime asks for its first event (None) or reports an init error (its document).
    """

    def __init__(self) -> None:
        self.initialized: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._deliveries: asyncio.Queue[Delivery] = asyncio.Queue()
        self._current: Delivery | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on a free loopback port; return its address as `host:port`."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def close(self) -> None:
        """Stop listening, and drop the connections that are open."""
        if self._server is not None:
            self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def exchange(self, delivery: Delivery) -> Reply:
        """Hand over an event when the runtime asks for the next one, and return what it answers."""
        self._reply = asyncio.get_running_loop().create_future()
        self._deliveries.put_nowait(delivery)
        return await self._reply

    @property
    def taken(self) -> bool:
        """Whether the runtime has asked for the event that `exchange` handed over last."""
        return self._deliveries.empty()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(serve(reader, writer, self._answer, body_limit=RESPONSE_LIMIT))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _answer(self, request: Request) -> Response:
        match request.method, request.path.removeprefix(_PREFIX).split("/")[1:]:
            case "GET", ["invocation", "next"]:
                return await self._next()
            case "POST", ["invocation", request_id, ("response" | "error") as kind]:
                return self._finish(request_id, kind, request.body)
            case "POST", ["init", "error"]:
                if not self.initialized.done():
                    self.initialized.set_result(request.body or b"")
                return _ACCEPTED
            case _:
                # Among them `restore`, which only a function with SnapStart has.
                message = f"{request.method} {request.path} is not served"
                return json_response(404, {"errorType": "NotFound", "errorMessage": message})

    async def _next(self) -> Response:
        if not self.initialized.done():
            self.initialized.set_result(None)
        self._current = delivery = await self._deliveries.get()
        return Response(
            200,
            delivery.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": delivery.request_id,
                "Lambda-Runtime-Deadline-Ms": str(delivery.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": delivery.function_arn,
                "Lambda-Runtime-Trace-Id": delivery.trace_id,
            },
        )

    def _finish(self, request_id: str, kind: Literal["response", "error"], body: bytes | None) -> Response:
        reply, current = self._reply, self._current
        if reply is None or reply.done() or current is None or current.request_id != request_id:
            return json_response(400, {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"})
        self._current = None
        if body is None:
            reply.set_result(Reply("too_large", b""))
            message = f"Exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            return json_response(413, {"errorType": "RequestEntityTooLarge", "errorMessage": message})
        reply.set_result(Reply(kind, body))
        return _ACCEPTED
