"""Just enough of HTTP/1.1 to ask one thing on a kept connection (RFC 9112): any valid framing of the answer."""

from dataclasses import dataclass

from core.errors import ConnectionFailedError

from .steps import Steps
from .stream import Stream

LINE_LIMIT = 8192
"""Bytes of a status or header line."""
HEADERS_LIMIT = 100
"""Header lines, as many as Python's own client reads."""
BODY_LIMIT = 1_048_576
"""Bytes of a body."""
INTERIM_LIMIT = 5
"""Interim answers (1xx) before the final one; OpenSearch sends none."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer.

    Attributes:
        status: the status code.
        body: the body, without its framing.
        reusable: whether the connection may be used again.
    """

    status: int
    body: bytes
    reusable: bool


def request(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request; `headers` holds Host, and Content-Length where there is a body."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def read_response(stream: Stream, until: float) -> Steps[Response]:
    """Read the answer to a request, other than HEAD.

    Raises:
        ConnectionFailedError: it is not HTTP, or larger than the limits (`protocol`), or was cut off (`closed`).
    """
    for _ in range(INTERIM_LIMIT + 1):
        version, status = _status_line((yield from stream.line(LINE_LIMIT, until)))
        headers = yield from _headers(stream, until)
        if not 100 <= status < 200:  # noqa: PLR2004  # interim answers come before the one that was asked for
            break
    else:
        raise _broken(f"over {INTERIM_LIMIT} interim answers")
    connection = headers.get(b"connection", b"").lower()
    persistent = b"close" not in connection and (version == b"HTTP/1.1" or b"keep-alive" in connection)
    if status in (204, 304):
        return Response(status, b"", persistent)
    if headers.get(b"transfer-encoding", b"").lower().endswith(b"chunked"):
        body = yield from _chunked(stream, until)
    elif b"transfer-encoding" in headers:
        raise _broken("an unknown transfer encoding")
    elif b"content-length" in headers:
        body = yield from stream.exactly(_length(headers[b"content-length"], 10), until)
    else:
        body, persistent = (yield from stream.rest(BODY_LIMIT, until)), False
    return Response(status, body, persistent)


def _status_line(line: bytes) -> tuple[bytes, int]:
    version, _, rest = line.partition(b" ")
    status = rest[:3]
    known = version in (b"HTTP/1.1", b"HTTP/1.0") and len(status) == 3 and status.isdigit()  # noqa: PLR2004  # RFC 9112
    if not known or not 100 <= int(status) < 600:  # noqa: PLR2004  # the classes of status codes (RFC 9110)
        raise _broken("no HTTP status line")
    return version, int(status)


def _headers(stream: Stream, until: float) -> Steps[dict[bytes, bytes]]:
    headers: dict[bytes, bytes] = {}
    for _ in range(HEADERS_LIMIT):
        line = yield from stream.line(LINE_LIMIT, until)
        if not line:
            return headers
        name, colon, value = line.partition(b":")
        if not colon:
            raise _broken("a header without a colon")
        headers[name.strip().lower()] = value.strip()
    raise _broken(f"over {HEADERS_LIMIT} headers")


def _chunked(stream: Stream, until: float) -> Steps[bytes]:
    body = b""
    while True:
        line = yield from stream.line(LINE_LIMIT, until)
        size = _length(line.partition(b";")[0].strip(), 16)
        if not size:
            yield from _headers(stream, until)  # trailers
            return body
        body += yield from stream.exactly(size, until)
        if len(body) > BODY_LIMIT:
            raise _broken(f"a body of over {BODY_LIMIT} bytes")
        if (yield from stream.line(LINE_LIMIT, until)):
            raise _broken("a chunk longer than it says")


def _length(digits: bytes, base: int) -> int:
    # int() would also take signs, spaces and underscores.
    if not digits.isalnum() or not digits.isascii():
        raise _broken("a length that is no number")
    try:
        length = int(digits, base)
    except ValueError:
        raise _broken("a length that is no number") from None
    if length > BODY_LIMIT:
        raise _broken(f"a body of over {BODY_LIMIT} bytes")
    return length


def _broken(what: str) -> ConnectionFailedError:
    return ConnectionFailedError("protocol", f"the server answered with {what}")
