"""Questions to the port of an engine that comes up: is it free, does it serve yet?

Each takes one connection and loads no driver.
"""

import json
import socket
import struct
from collections.abc import Mapping
from contextlib import closing

_TIMEOUT = 2.0
"""Seconds for one question."""
_LISTENER_TIMEOUT = 0.2
"""Seconds that a listener on this machine may take to accept."""
_OK = 200
_PROTOCOL = 196608
"""PostgreSQL's wire protocol 3.0, as its start-up message says it."""


def postgres_accepts(port: int, user: str) -> bool:
    """Return whether PostgreSQL asks the user for a password; while it recovers it answers an error instead."""
    names = b"".join(part.encode() + b"\0" for part in ("user", user, "database", "postgres", ""))
    message = struct.pack("!ii", 8 + len(names), _PROTOCOL) + names
    return _exchange(port, message, 1).startswith(b"R")


def redis_serves(port: int, user: str, password: str) -> bool:
    """Return whether Redis has loaded its data and lets the user in."""
    answer = b"+OK\r\n+PONG\r\n"
    return _exchange(port, _command("AUTH", user, password) + _command("PING"), len(answer)) == answer


def opensearch_is_up(port: int, headers: Mapping[str, str] | None = None) -> bool:
    """Return whether OpenSearch has a cluster whose primary shards are all there; `headers` sign in to it."""
    status, body = request(port, "GET", "/_cluster/health", headers)
    if status != _OK:
        return False
    health: object = json.loads(body).get("status")
    return health in ("green", "yellow")


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port, on loopback or on every address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        # Connections of a former listener that are being forgotten (TIME_WAIT) do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    # macOS lets us bind beside someone who listens on every address.
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as client:
        client.settimeout(_LISTENER_TIMEOUT)
        try:
            client.connect(("127.0.0.1", port))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        # Linux connects a socket to itself when it happens to be given this very port.
        return client.getsockname() == client.getpeername()


def request(port: int, method: str, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Make one HTTP request; return status and body, status 0 where there is no answer."""
    # Imported on first use: it takes 25 ms, in which the slowest engine has been started already.
    import http.client  # noqa: PLC0415

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _command(*words: str) -> bytes:
    """Return a command in Redis' protocol, whatever characters are in it."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in map(str.encode, words):
        parts += [b"$%d\r\n" % len(word), word, b"\r\n"]
    return b"".join(parts)


def _exchange(port: int, message: bytes, size: int) -> bytes:
    """Send a message and return the answer once it has `size` bytes, or what came before its end.

    It is read as far as it has come: closing on unread bytes would be a reset, which the engine would log.
    """
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), _TIMEOUT) as connection:
            connection.sendall(message)
            while len(answer) < size and (more := connection.recv(4096)):
                answer += more
    except OSError:
        return b""
    return answer
