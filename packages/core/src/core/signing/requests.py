"""Signed HTTP requests, for OpenSearch with IAM authentication."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from core.errors import CoreError

from .sigv4 import ALGORITHM, Signer, canonical_query, digest, encode

_UNSIGNED = frozenset(
    {
        "authorization",  # of an earlier attempt
        "baggage",
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
    }
)
"""Headers that are changed or dropped on the way to the service: those that botocore does not sign either."""


class UnsignableRequestError(CoreError, ValueError):
    """A request's target is not what can stand on a request line, so a signature of it could not hold.

    Attributes:
        target: the target.
    """

    def __init__(self, target: str) -> None:
        super().__init__(
            f"can't sign {target!r}: the target must be a path that begins with '/', and its query, "
            "percent-encoded as they are sent and without a fragment"
        )
        self.target = target


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it is sent.

    Attributes:
        method: the HTTP method.
        host: the Host header: with the port where that is not the scheme's own.
        target: path and query, percent-encoded. An empty path is sent as `/`.
        headers: further headers to sign. `content-type` is worth it; those of the connection itself are not.
        body: the body, after any compression.
    """

    method: str
    host: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


def sign_request(signer: Signer, request: Request, service: str = "es") -> dict[str, str]:
    """Return the headers that sign a request: they are sent with it, in place of any that it has by these names.

    The signature is made of what the service computes from the request that arrives (the error messages of
    OpenSearch Service quote it): the path as it is sent, its percent signs encoded once more; the query by what it
    means, so that a comma and `%2C` are the same, and so are `+` and `%20`, and `v` and `v=`.

    Raises:
        UnsignableRequestError: the target is not a path, or not percent-encoded.
    """
    body_digest = digest(request.body)
    added = {"X-Amz-Date": signer.timestamp, "X-Amz-Content-SHA256": body_digest}
    if signer.credentials.session_token is not None:
        added["X-Amz-Security-Token"] = signer.credentials.session_token
    signed = _to_sign(request.headers) | {"host": request.host} | {name.lower(): added[name] for name in added}
    names = ";".join(sorted(signed))
    path, query = _canonical_target(request.target)
    headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"{request.method.upper()}\n{path}\n{query}\n{headers}\n{names}\n{body_digest}"
    added["Authorization"] = (
        f"{ALGORITHM} Credential={signer.credentials.access_key}/{signer.scope(service)}, "
        f"SignedHeaders={names}, Signature={signer.sign(service, canonical)}"
    )
    return added


def _to_sign(headers: Mapping[str, str]) -> dict[str, str]:
    signed: dict[str, str] = {}
    for name, value in headers.items():
        lower, trimmed = name.lower(), " ".join(value.split())
        if lower not in _UNSIGNED:
            signed[lower] = f"{signed[lower]},{trimmed}" if lower in signed else trimmed
    return signed


def _canonical_target(target: str) -> tuple[str, str]:
    path, _, query = target.partition("?")
    sendable = target.isascii() and target.isprintable() and not {" ", "#"}.intersection(target)
    if not sendable or not f"{path}/".startswith("/"):
        raise UnsignableRequestError(target)
    return _canonical_path(path), canonical_query(_decode(pair) for pair in query.split("&") if pair)


def _canonical_path(path: str) -> str:
    """Resolve `.` and `..`, drop empty segments, and encode: every service but S3 wants it so."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    end = "/" if segments and path.endswith("/") else ""
    return quote("/" + "/".join(segments) + end, safe="/")


def _decode(pair: str) -> tuple[str, str]:
    name, _, value = pair.replace("+", " ").partition("=")
    return encode(unquote_to_bytes(name)), encode(unquote_to_bytes(value))
