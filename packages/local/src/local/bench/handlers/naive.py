"""A peer: the official clients as their first pages show them, made anew for each request."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import redis
from opensearchpy import OpenSearch


def _link(name: str) -> dict[str, Any]:
    return json.loads(os.environ[f"LINK_{name}"])


def _password(link: dict[str, Any]) -> str:
    return Path(link["auth"]["password_file"]).read_text(encoding="utf-8")


def _postgres() -> None:
    link = _link("MyPostgres")
    with psycopg.connect(
        host=link["host"],
        port=link["port"],
        dbname=link["database"],
        user=link["user"],
        password=_password(link),
        connect_timeout=2,
    ) as connection:
        connection.execute("SELECT 1")


def _redis() -> None:
    link = _link("MyRedis")
    client = redis.Redis(
        host=link["host"], port=link["port"], username=link["user"], password=_password(link), socket_timeout=2
    )
    with client:
        client.ping()  # pyright: ignore[reportUnknownMemberType] - redis types it so


def _opensearch() -> None:
    link = _link("MyOpenSearch")
    client = OpenSearch(hosts=[{"host": link["host"], "port": link["port"]}], use_ssl=False, timeout=2)
    try:
        client.cluster.health()
    finally:
        client.close()


def _probe(check: Callable[[], None]) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        check()
    except Exception as error:  # noqa: BLE001 - as people write it
        return {"status": "unhealthy", "error": type(error).__name__}
    return {"status": "healthy", "latency_ms": round((time.perf_counter() - began) * 1000, 1)}


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer `GET /health`."""
    components = {"postgres": _probe(_postgres), "redis": _probe(_redis), "opensearch": _probe(_opensearch)}
    healthy = all(component["status"] == "healthy" for component in components.values())
    return {
        "statusCode": 200 if healthy else 503,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(
            {
                "status": "healthy" if healthy else "unhealthy",
                "stage": os.environ["STAGE"],
                "version": os.environ["VERSION"],
                "components": components,
            }
        ),
    }
