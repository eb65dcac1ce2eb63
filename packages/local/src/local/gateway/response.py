"""What a function returns, as an HTTP response: payload format 2.0.

The form is that of the API Gateway developer guide; where the service does otherwise, the observations that AWS's own
Lambda test tool for .NET (v2) is tested with are followed.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import cast

_CONTENT_TYPE = "content-type"
_JSON = "application/json"
_DEFAULT_TYPE = "text/plain; charset=utf-8"
_OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"})
"""What the gateway sets itself."""
_STATUS = range(200, 600)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response.

    Attributes:
        status: the status code.
        headers: the headers, names in lower case.
        body: the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class MalformedResponseError(ValueError):
    """What the function returned is not a response in payload format 2.0."""


def message(status: int, text: str) -> Response:
    """Return a response of the gateway itself."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Response(status, ((_CONTENT_TYPE, _JSON),), body)


def read(payload: bytes) -> Response:
    """Return the response that a function's payload stands for.

    An object with a `statusCode` says all itself. Anything else is the body of a response with status 200.

    Raises:
        MalformedResponseError: a `statusCode` is there, but the rest does not fit.
    """
    try:
        value = cast("object", json.loads(payload))
    except ValueError:
        return _inferred(payload)
    if isinstance(value, dict) and "statusCode" in value:
        return _stated(cast("dict[str, object]", value))
    return _inferred(value.encode() if isinstance(value, str) else payload)


def _inferred(body: bytes) -> Response:
    return Response(200, ((_CONTENT_TYPE, _JSON),), body)


def _stated(value: dict[str, object]) -> Response:
    status = value["statusCode"]
    if not isinstance(status, int) or isinstance(status, bool) or status not in _STATUS:
        raise MalformedResponseError(f"statusCode is {status!r}")
    headers = _headers(value.get("headers") or {})
    headers.setdefault(_CONTENT_TYPE, _DEFAULT_TYPE)
    cookies = tuple(("set-cookie", cookie) for cookie in _cookies(value.get("cookies") or []))
    body = _body(value.get("body"), encoded=value.get("isBase64Encoded") is True)
    return Response(status, (*headers.items(), *cookies), body)


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise MalformedResponseError("headers is not an object")
    headers: dict[str, str] = {}
    for name, content in cast("dict[str, object]", value).items():
        if name.lower() not in _OWN_HEADERS:
            headers[_name(name)] = _content(content)
    return headers


def _name(name: str) -> str:
    if not name or not name.isascii() or not name.isprintable() or any(sign in name for sign in ' ()<>@,;:\\"/[]?={}'):
        raise MalformedResponseError(f"{name!r} is no header's name")
    return name.lower()


def _content(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str) or _CONTROL.search(value):
        raise MalformedResponseError(f"{value!r} is no header's value")
    return value.strip()


def _cookies(value: object) -> list[str]:
    if not isinstance(value, list):
        raise MalformedResponseError("cookies is not a list")
    return [_content(cookie) for cookie in cast("list[object]", value)]


def _body(value: object, *, encoded: bool) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, str):
        raise MalformedResponseError("body is not text")
    if not encoded:
        return value.encode(errors="replace")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResponseError("body is not base64") from error
