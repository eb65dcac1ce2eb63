"""An HTTP request as a function gets it: payload format 2.0.

The form is that of the API Gateway developer guide ("Create AWS Lambda proxy integrations for HTTP APIs"). What the
guide leaves open follows captures from the real service that others published: hotsock/voker (an event, and how paths
are decoded), ministack pull request 766 (which bodies are text).
"""

import base64
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NotRequired, TypedDict
from urllib.parse import parse_qsl, unquote

from .routes import Match

STAGE = "$default"
API_ID = "local"

_MALFORMED = re.compile("%(?![0-9A-Fa-f]{2})")
_TEXT = re.compile(r"text/.*|application/(json|xml|javascript)")
_CONNECTION_HEADERS = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""What concerns the connection to the gateway, not the request (RFC 9110, 7.6.1)."""


class Http(TypedDict):
    """The request line and the client."""

    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: str


class RequestContext(TypedDict):
    """What API Gateway knows of the request."""

    accountId: str
    apiId: str
    domainName: str
    domainPrefix: str
    http: Http
    requestId: str
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class Event(TypedDict):
    """A request in payload format 2.0. What the request doesn't have isn't there."""

    version: str
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: NotRequired[list[str]]
    headers: dict[str, str]
    queryStringParameters: NotRequired[dict[str, str]]
    pathParameters: NotRequired[dict[str, str]]
    requestContext: RequestContext
    body: NotRequired[str]
    isBase64Encoded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request.

    Attributes:
        method: the HTTP method.
        path: the path, decoded by `decode_path`.
        query: the query string as sent.
        protocol: `HTTP/1.1`.
        headers: the headers in their order, names in lower case.
        body: the body.
        client: the client's address.
        port: the port of the gateway.
        scheme: `http` or `https`.
    """

    method: str
    path: str
    query: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str
    port: int
    scheme: str


def decode_path(raw: bytes) -> str | None:
    """Return a path as HTTP APIs decode it; None where they answer 400.

    They decode it, cut it at a question mark that this brings up, and decode it again: `%3F` ends the path, `%2F`
    separates segments, `%2525` is a percent sign, and a percent sign alone (`%25`) is malformed.
    """
    once = _unquoted(raw.decode("ascii", "replace"))
    return None if once is None else _unquoted(once.partition("?")[0])


def _unquoted(path: str) -> str | None:
    return None if _MALFORMED.search(path) else unquote(path, errors="replace")


def new_request_id() -> str:
    """Return a request id in the form of API Gateway's extended ones: `ATfSmjLgPHcESJw=`."""
    return base64.b64encode(os.urandom(11)).decode()


def build(request: Request, match: Match, *, account_id: str, request_id: str) -> Event:
    """Return the event of a request.

    Args:
        request: the request.
        match: the route that it takes.
        account_id: the AWS account that the API seems to belong to.
        request_id: the id that API Gateway gives the request.
    """
    now = datetime.now(UTC)
    headers = _headers(request)
    host = headers.get("host", "").partition(":")[0]
    body, encoded = _body(request.body, headers.get("content-type", ""))
    event: Event = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": account_id,
            "apiId": API_ID,
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": match.route_key,
            "stage": STAGE,
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if cookies := _cookies(request.headers):
        event["cookies"] = cookies
    if query := _joined(parse_qsl(request.query, keep_blank_values=True)):
        event["queryStringParameters"] = query
    if match.parameters:
        event["pathParameters"] = match.parameters
    if body is not None:
        event["body"] = body
    return event


def _headers(request: Request) -> dict[str, str]:
    """Return the headers that the function sees: without cookies, and with those that API Gateway adds."""
    kept = ((n, v) for n, v in request.headers if n != "cookie" and n not in _CONNECTION_HEADERS)
    headers = _joined(kept)
    forwarded = headers.get("x-forwarded-for")
    headers["content-length"] = str(len(request.body))
    headers["x-amzn-trace-id"] = f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    headers["x-forwarded-for"] = f"{forwarded}, {request.client}" if forwarded else request.client
    headers["x-forwarded-port"] = str(request.port)
    headers["x-forwarded-proto"] = request.scheme
    return headers


def _cookies(headers: Iterable[tuple[str, str]]) -> list[str]:
    cookies = (cookie.strip() for name, value in headers if name == "cookie" for cookie in value.split(";"))
    return [cookie for cookie in cookies if cookie]


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values by name, those of a repeated name joined by commas."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: ",".join(several) for name, several in values.items()}


def _body(body: bytes, content_type: str) -> tuple[str | None, bool]:
    """Return the body as the event carries it, and whether as base64: all that is not declared as text is."""
    if not body:
        return None, False
    if _TEXT.fullmatch(content_type.partition(";")[0].strip().lower()):
        return body.decode(errors="replace"), False
    return base64.b64encode(body).decode(), True
