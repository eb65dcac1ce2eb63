"""Just enough of Redis for a health check: sign in and PING, in steps, without a client library."""

from collections.abc import Callable

from core.errors import ConnectionFailedError, Failure
from core.kinds import Redis

from .kept import Kept
from .sign_in import password
from .steps import Steps
from .stream import Stream, connect

_LINE_LIMIT = 4096
"""Bytes of a reply's line; a status or an error of Redis is far shorter."""
_CODE_LIMIT = 20
"""Bytes of an error's code that are repeated; `-MASTERDOWN` is among the longest."""


def probe(link: Redis, until: float) -> Steps[None]:
    """Ask Redis for PING on this environment's connection, in steps; in cluster mode any node's answer counts.

    Raises:
        ConnectionFailedError: no answer, or another one.
    """
    yield from _KEPT.setdefault(link, Kept()).exchange(_connector(link), _ping, until)


def close_connections() -> None:
    """Close every connection that this environment keeps."""
    for kept in _KEPT.values():
        kept.close()


_KEPT: dict[Redis, Kept[Stream]] = {}


def _connector(link: Redis) -> Callable[[float], Steps[Stream]]:
    return lambda until: _open(link, until)


def _open(link: Redis, until: float) -> Steps[Stream]:
    stream = yield from connect(link.host, link.port, link.ca_file, until)
    try:
        yield from stream.send(_command("AUTH", link.user, password(link)), until)
        yield from _expect(stream, b"+OK", until)
    except BaseException:
        stream.close()
        raise
    return stream


def _ping(stream: Stream, until: float) -> Steps[None]:
    yield from stream.send(b"*1\r\n$4\r\nPING\r\n", until)
    yield from _expect(stream, b"+PONG", until)


def _command(*words: str) -> bytes:
    """Return a command as Redis reads it: an array of bulk strings (the RESP specification)."""
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


_FAILURES: dict[bytes, Failure] = {
    b"-NOAUTH": "authentication",
    b"-WRONGPASS": "authentication",
    b"-NOPERM": "authentication",
    b"-LOADING": "unavailable",
    b"-MASTERDOWN": "unavailable",
    b"-CLUSTERDOWN": "unavailable",
}


def _expect(stream: Stream, wanted: bytes, until: float) -> Steps[None]:
    line = yield from stream.line(_LINE_LIMIT, until)
    if line == wanted:
        return
    code = line.split(b" ", 1)[0]
    failure = _FAILURES.get(code, "error")
    if line.startswith(b"-ERR max number of clients"):
        raise ConnectionFailedError("unavailable", "Redis answered that it has too many clients")
    if line.startswith(b"-"):
        # Only the code: an error's text may repeat the arguments, and a password is one of them.
        shown = code[:_CODE_LIMIT].decode("utf-8", "replace")
        raise ConnectionFailedError(failure, f"Redis answered with the error {shown}")
    raise ConnectionFailedError("protocol", "what answers on the port of Redis does not speak its protocol")
