"""Just enough of OpenSearch for a health check and for provisioning: requests in steps, without a client library."""

import json
from collections.abc import Callable
from typing import Any, cast

from core.auth import Iam
from core.errors import ConnectionFailedError, Failure
from core.kinds import OpenSearch

from . import http
from .http import Response, read_response
from .kept import Kept
from .sign_in import signer
from .steps import Steps
from .stream import Stream, connect

_TARGET = "/_cluster/health"
"""Asked for whole: leaving the rest of the answer out costs OpenSearch a tenth of the time (measured)."""


def probe(link: OpenSearch, until: float) -> Steps[None]:
    """Ask OpenSearch for its cluster's health on this environment's connection, in steps.

    Raises:
        ConnectionFailedError: no answer, another one, or the cluster is `red`.
    """
    kept = _KEPT.setdefault(link, Kept())
    response = yield from kept.exchange(_connector(link), lambda stream, until: _ask(link, stream, until), until)
    if not response.reusable:
        kept.close()
    _check(response)


def request(
    link: OpenSearch, method: str, target: str, until: float, body: dict[str, object] | None = None
) -> Steps[Response]:
    """Make one request on a connection of its own, in steps, signed where the link says so.

    What the status means is the caller's to judge.

    Args:
        link: which domain.
        method: the HTTP method, other than HEAD.
        target: path and query, percent-encoded.
        until: when the answer must be there (`time.monotonic`).
        body: is sent as JSON.

    Raises:
        ConnectionFailedError: no answer, or none that is HTTP.
    """
    content = b"" if body is None else json.dumps(body).encode()
    stream = yield from connect(link.host, link.port, link.ca_file, until)
    try:
        return (yield from _exchange(link, stream, until, method, target, content))
    finally:
        stream.close()


def close_connections() -> None:
    """Close every connection that this environment keeps."""
    for kept in _KEPT.values():
        kept.close()


_KEPT: dict[OpenSearch, Kept[Stream]] = {}


def _connector(link: OpenSearch) -> Callable[[float], Steps[Stream]]:
    return lambda until: connect(link.host, link.port, link.ca_file, until)


def _ask(link: OpenSearch, stream: Stream, until: float) -> Steps[Response]:
    return (yield from _exchange(link, stream, until, "GET", _TARGET))


def _exchange(  # noqa: PLR0913, PLR0917  # a request, and where it goes
    link: OpenSearch, stream: Stream, until: float, method: str, target: str, body: bytes = b""
) -> Steps[Response]:
    yield from stream.send(http.request(method, target, _headers(link, method, target, body), body), until)
    return (yield from read_response(stream, until))


def _headers(link: OpenSearch, method: str, target: str, body: bytes) -> dict[str, str]:
    default = 443 if link.tls else 80
    host = link.host if link.port == default else f"{link.host}:{link.port}"
    headers = {"Host": host, "Accept": "application/json"}
    if body:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if isinstance(link.auth, Iam):
        from core.signing import Request, sign_request  # noqa: PLC0415  # loaded only where it signs

        typed = {"Content-Type": headers["Content-Type"]} if body else {}
        headers |= sign_request(signer(link.region), Request(method, host, target, typed, body))
    return headers


_FAILURES: dict[int, Failure] = {401: "authentication", 403: "authentication", 429: "unavailable", 503: "unavailable"}
_OK = 200


def _check(response: Response) -> None:
    if response.status != _OK:
        failure = _FAILURES.get(response.status, "error")
        raise ConnectionFailedError(failure, f"OpenSearch answered with HTTP status {response.status}")
    try:
        answer: object = json.loads(response.body)
    except (ValueError, RecursionError):
        answer = None
    status = cast("dict[str, Any]", answer).get("status") if isinstance(answer, dict) else None
    if status == "red":
        raise ConnectionFailedError("red", "the OpenSearch cluster is red: a primary shard is lost")
    if status not in ("green", "yellow"):
        raise ConnectionFailedError("protocol", "OpenSearch did not answer with a cluster's health")
