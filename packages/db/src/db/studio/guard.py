"""What stands before the studio: who may ask it, and what a browser may do with what it answers.

No page holds a secret that would prove where a form came from: browsers say it themselves, with every write
(`Origin`, `Sec-Fetch-Site`). So a form that was open while the studio was restarted can still be sent.
"""

import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2.ext import Extension

# ASGI's own types: a message's keys depend on its type.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing: what the studio answers to them writes no row."""
HANDLERS: Final = ("applyColumnVisibility()", "window.location = this.value")
"""What starlette-admin's pages have in attributes: the handlers of the columns' menu and of the page's size."""

_HEADERS: Final = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # `no-referrer` would make the forms' Origin `null`
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_FOREIGN_NAME = "The studio answers by its own name only: open it as localhost or 127.0.0.1."
_FOREIGN_PAGE = "Only the studio's own pages may change something."


class Guard:
    """An ASGI application before another one."""

    def __init__(self, app: App, *, asked_by_our_name: Callable[[Headers], bool]) -> None:
        """Put the guard before an application.

        Args:
            app: the application.
            asked_by_our_name: says of a request's headers whether they name a host that is ours.
        """
        self._app = app
        self._asked_by_our_name = asked_by_our_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            return  # a server that is refused a WebSocket or the lifespan goes without
        nonce = secrets.token_urlsafe(16)
        answer = _with_headers(send, nonce)
        if not self._asked_by_our_name(scope["headers"]):
            await _refuse(answer, _FOREIGN_NAME)
        elif scope["method"] not in SAFE and not is_same_origin(scope["headers"], scope["scheme"]):
            await _refuse(answer, _FOREIGN_PAGE)
        else:
            await self._app({**scope, "state": {**scope.get("state", {}), "nonce": nonce}}, receive, answer)


def is_same_origin(headers: Headers, scheme: str) -> bool:
    """Return whether a browser says that the request comes from a page of the host that it asks.

    A request that says nothing of where it comes from is not: every browser says it with a write.
    """
    named: dict[bytes, list[str]] = {}
    for name, value in headers:
        named.setdefault(name.lower(), []).append(value.decode("latin-1"))
    own = f"{scheme}://{_only(named, b'host')}".lower()
    sites, origins = named.get(b"sec-fetch-site", []), named.get(b"origin", [])
    if any(site != "same-origin" for site in sites):
        return False
    if origins:
        return all(origin.lower() == own for origin in origins)
    referrer = urlsplit(_only(named, b"referer"))
    return bool(sites) or f"{referrer.scheme}://{referrer.netloc}".lower() == own


class ScriptsWithNonce(Extension):
    """Gives each script of the templates the nonce without which the browser does not run it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Write the nonce into a template's script elements."""
        del name, filename
        return source.replace("<script", '<script nonce="{{ request.state.nonce }}"')


def _only(named: Mapping[bytes, list[str]], name: bytes) -> str:
    values = named.get(name, [])
    return values[0] if len(values) == 1 else ""


def _policy(nonce: str) -> bytes:
    handlers = " ".join(f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in HANDLERS)
    return (
        "default-src 'none'; "
        f"script-src 'nonce-{nonce}' 'unsafe-hashes' {handlers}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ).encode()


def _with_headers(send: Send, nonce: str) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [*_HEADERS, (b"content-security-policy", _policy(nonce))]
            if not any(name.lower() == b"etag" for name, _ in message["headers"]):
                own.append((b"cache-control", b"no-cache"))
            message["headers"] = [*message["headers"], *own]
        await send(message)

    return answer


async def _refuse(send: Send, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
