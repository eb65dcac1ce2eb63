"""The HTTP API as an ASGI application: a request becomes an event, a function's answer a response."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from core.manifest import Function
from local.hosts import asked_by_our_name
from local.runtime import Account, Outcome, RequestTooLargeError, Succeeded, ThrottledError

from . import event, response
from .response import MalformedResponseError, Response
from .routes import Match, Routes

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes: the largest payload (API Gateway quotas for HTTP APIs). Lambda takes less, which ends in the same answer."""
TIMEOUT = 30.0
"""Seconds that an integration has (the same quotas)."""

_NOT_FOUND = response.message(404, "Not Found")
_FORBIDDEN = response.message(403, "Forbidden")
_BAD_REQUEST = response.message(400, "Bad Request")
_TOO_LARGE = response.message(413, "Request Entity Too Large")
_ERROR = response.message(500, "Internal Server Error")
_UNAVAILABLE = response.message(503, "Service Unavailable")
_WITHOUT_BODY = frozenset({204, 304})

# ASGI's own types: a message's keys depend on its type.
Message = Mapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

logger = logging.getLogger(__name__)


class _DisconnectedError(Exception):
    """The client went away before it had sent its request."""


class Invoke(Protocol):
    """Invokes a function: `Runtime.invoke` does."""

    async def __call__(self, name: str, event: object, /) -> Outcome:
        """Invoke the function `name` with an event, and return how that ended."""
        ...


class Gateway:
    """The HTTP API of a manifest's functions: an ASGI application."""

    def __init__(
        self,
        functions: Iterable[Function],
        invoke: Invoke,
        *,
        account: Account | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Take the routes of the functions.

        Args:
            functions: the manifest.
            invoke: runs a function.
            account: the AWS account that the API seems to belong to.
            timeout: seconds that a function has to answer; it runs on all the same.
        """
        self._routes = Routes(functions)
        self._invoke = invoke
        self._account_id = (account or Account()).account_id
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = event.new_request_id()
        try:
            answer = await self._answer(scope, receive, request_id)
        except _DisconnectedError:
            return
        except Exception:
            # The boundary of the gateway: whatever is wrong with it, the client gets an answer.
            logger.exception("the gateway can't answer %s %s", scope["method"], scope["path"])
            answer = _ERROR
        await _send(send, answer, request_id)

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> Response:
        if not asked_by_our_name(scope["headers"]):
            return _FORBIDDEN
        path = event.decode_path(scope["raw_path"])
        if path is None:
            return _BAD_REQUEST
        match = self._routes.match(scope["method"], path)
        if match is None:
            return _NOT_FOUND
        body = await _body(receive)
        if body is None:
            return _TOO_LARGE
        request = _request(scope, path, body)
        document = event.build(request, match, account_id=self._account_id, request_id=request_id)
        return await self._call(match, json.dumps(document, ensure_ascii=False).encode())

    async def _call(self, match: Match, payload: bytes) -> Response:
        try:
            async with asyncio.timeout(self._timeout):
                outcome = await self._invoke(match.function, payload)
        except RequestTooLargeError:
            return _TOO_LARGE
        except (ThrottledError, TimeoutError):
            return _UNAVAILABLE
        if not isinstance(outcome, Succeeded):
            return _ERROR
        try:
            return response.read(outcome.payload)
        except MalformedResponseError as error:
            logger.warning("the function %r gave no response to %s: %s", match.function, match.route_key, error)
            return _ERROR


async def _body(receive: Receive) -> bytes | None:
    """Return the request's body; None where it is too large, and then it is read to its end but not kept."""
    body = bytearray()
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _DisconnectedError
        size += len(message.get("body", b""))
        if size <= BODY_LIMIT:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body) if size <= BODY_LIMIT else None


def _request(scope: Scope, path: str, body: bytes) -> event.Request:
    client: tuple[str, int] | None = scope["client"]
    server: tuple[str, int] | None = scope["server"]
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return event.Request(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        protocol=f"HTTP/{scope['http_version']}",
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs),
        body=body,
        client=client[0] if client else "127.0.0.1",
        port=server[1] if server else 0,
        scheme=scope["scheme"],
    )


async def _send(send: Send, answer: Response, request_id: str) -> None:
    body = b"" if answer.status in _WITHOUT_BODY else answer.body
    headers = [*answer.headers, ("apigw-requestid", request_id)]
    if answer.status not in _WITHOUT_BODY:
        headers.append(("content-length", str(len(body))))
    encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
