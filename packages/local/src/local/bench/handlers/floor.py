"""The floor: as little as can answer `GET /health` with psycopg and raw sockets.

It validates nothing, has no deadline, handles no error and only works while everything else does. The three are
asked at once: the two requests are on their way while PostgreSQL is asked.
"""

import json
import os
import socket
import time
from typing import TypedDict

import psycopg


class _Link(TypedDict):
    host: str
    port: int
    user: str
    database: str
    auth: dict[str, str]


_postgres: psycopg.Connection | None = None
_redis: socket.socket | None = None
_opensearch: socket.socket | None = None


def _link(name: str) -> _Link:
    return json.loads(os.environ[f"LINK_{name}"])


def _password(link: _Link) -> str:
    with open(link["auth"]["password_file"], encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs an import
        return file.read()


def _connect(link: _Link) -> socket.socket:
    sock = socket.create_connection((link["host"], link["port"]))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _ask_redis() -> socket.socket:
    global _redis  # noqa: PLW0603 - a kept connection is the module's only state
    command = b"PING\r\n"
    if _redis is None:
        link = _link("MyRedis")
        _redis = _connect(link)
        command = f"AUTH {link['user']} {_password(link)}\r\n".encode() + command
    _redis.sendall(command)
    return _redis


def _ask_opensearch() -> socket.socket:
    global _opensearch  # noqa: PLW0603 - likewise
    if _opensearch is None:
        _opensearch = _connect(_link("MyOpenSearch"))
    _opensearch.sendall(b"GET /_cluster/health HTTP/1.1\r\nHost: opensearch\r\n\r\n")
    return _opensearch


def _ask_postgres() -> None:
    global _postgres  # noqa: PLW0603 - likewise
    if _postgres is None:
        link = _link("MyPostgres")
        _postgres = psycopg.connect(
            host=link["host"],
            port=link["port"],
            dbname=link["database"],
            user=link["user"],
            password=_password(link),
            sslmode="disable",
            gssencmode="disable",
            autocommit=True,
            prepare_threshold=None,
        )
    _postgres.execute("SELECT 1").fetchone()


def _receive(sock: socket.socket, last: bytes) -> None:
    received = b""
    while not received.endswith(last):
        received += sock.recv(65536)


def handler(_event: object, _context: object) -> dict[str, object]:
    """Answer that all is well."""
    began = time.perf_counter()
    latencies: dict[str, float] = {}
    redis, opensearch = _ask_redis(), _ask_opensearch()
    _ask_postgres()
    latencies["postgres"] = time.perf_counter() - began
    _receive(redis, b"+PONG\r\n")
    latencies["redis"] = time.perf_counter() - began
    _receive(opensearch, b"}")
    latencies["opensearch"] = time.perf_counter() - began
    components = {name: {"status": "healthy", "latency_ms": round(t * 1000, 1)} for name, t in latencies.items()}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(
            {
                "status": "healthy",
                "stage": os.environ["STAGE"],
                "version": os.environ["VERSION"],
                "components": components,
            }
        ),
    }
