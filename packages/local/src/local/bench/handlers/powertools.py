"""A peer: Powertools for AWS Lambda with its resolver and logger, and the official clients kept in the module."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import redis
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from opensearchpy import OpenSearch

logger = Logger(service="health")
app = APIGatewayHttpResolver()


def _link(name: str) -> dict[str, Any]:
    return json.loads(os.environ[f"LINK_{name}"])


def _password(link: dict[str, Any]) -> str:
    return Path(link["auth"]["password_file"]).read_text(encoding="utf-8")


_pg = _link("MyPostgres")
_rd = _link("MyRedis")
_os = _link("MyOpenSearch")

connection = psycopg.connect(
    host=_pg["host"],
    port=_pg["port"],
    dbname=_pg["database"],
    user=_pg["user"],
    password=_password(_pg),
    connect_timeout=2,
    autocommit=True,
)
cache = redis.Redis(host=_rd["host"], port=_rd["port"], username=_rd["user"], password=_password(_rd), socket_timeout=2)
search = OpenSearch(hosts=[{"host": _os["host"], "port": _os["port"]}], use_ssl=False, timeout=2)


def _probe(check: Callable[[], object]) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        check()
    except Exception as error:
        logger.exception("probe failed")
        return {"status": "unhealthy", "error": type(error).__name__}
    return {"status": "healthy", "latency_ms": round((time.perf_counter() - began) * 1000, 1)}


@app.get("/health")
def health() -> Response[str]:
    """Answer `GET /health`."""
    components = {
        "postgres": _probe(lambda: connection.execute("SELECT 1")),
        "redis": _probe(cache.ping),  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - redis types it so
        "opensearch": _probe(search.cluster.health),
    }
    healthy = all(component["status"] == "healthy" for component in components.values())
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "stage": os.environ["STAGE"],
        "version": os.environ["VERSION"],
        "components": components,
    }
    logger.info("health", extra={"health": body})
    return Response(200 if healthy else 503, "application/json", json.dumps(body))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Route an event of the HTTP API."""
    return app.resolve(event, context)
