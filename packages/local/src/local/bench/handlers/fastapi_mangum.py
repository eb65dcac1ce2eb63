"""A peer: FastAPI behind Mangum, with SQLAlchemy and the official clients kept in the module."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from fastapi import FastAPI, Response
from mangum import Mangum
from opensearchpy import OpenSearch
from pydantic import BaseModel
from sqlalchemy import URL, create_engine, text


class Component(BaseModel):
    """How one component is."""

    status: str
    latency_ms: float | None = None
    error: str | None = None


class Health(BaseModel):
    """How the stage is."""

    status: str
    stage: str
    version: str
    components: dict[str, Component]


def _link(name: str) -> dict[str, Any]:
    return json.loads(os.environ[f"LINK_{name}"])


def _password(link: dict[str, Any]) -> str:
    return Path(link["auth"]["password_file"]).read_text(encoding="utf-8")


_pg = _link("MyPostgres")
_rd = _link("MyRedis")
_os = _link("MyOpenSearch")

engine = create_engine(
    URL.create(
        "postgresql+psycopg",
        username=_pg["user"],
        password=_password(_pg),
        host=_pg["host"],
        port=_pg["port"],
        database=_pg["database"],
    ),
    pool_size=1,
    pool_pre_ping=True,
    connect_args={"connect_timeout": 2},
)
cache = redis.Redis(host=_rd["host"], port=_rd["port"], username=_rd["user"], password=_password(_rd), socket_timeout=2)
search = OpenSearch(hosts=[{"host": _os["host"], "port": _os["port"]}], use_ssl=False, timeout=2)
app = FastAPI()


def _postgres() -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _probe(check: Callable[[], object]) -> Component:
    began = time.perf_counter()
    try:
        check()
    except Exception as error:  # noqa: BLE001 - as people write it
        return Component(status="unhealthy", error=type(error).__name__)
    return Component(status="healthy", latency_ms=round((time.perf_counter() - began) * 1000, 1))


@app.get("/health")
def health(response: Response) -> Health:
    """Answer `GET /health`."""
    components = {
        "postgres": _probe(_postgres),
        "redis": _probe(cache.ping),  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - redis types it so
        "opensearch": _probe(search.cluster.health),
    }
    healthy = all(component.status == "healthy" for component in components.values())
    response.status_code = 200 if healthy else 503
    return Health(
        status="healthy" if healthy else "unhealthy",
        stage=os.environ["STAGE"],
        version=os.environ["VERSION"],
        components=components,
    )


handler = Mangum(app, lifespan="off")
