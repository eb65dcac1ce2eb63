"""A Maven repository on loopback that can be told to misbehave."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest

from local.artifacts import Cache
from local.artifacts.table import Artifact

Fault = Literal["damaged", "partial", "missing"]


@dataclass
class Repository:
    """A repository that holds one artifact.

    Attributes:
        artifact: what it holds.
        content: its bytes.
        url: where it is.
        faults: what goes wrong with the requests to come, in order; then all goes well.
        requests: how often the artifact was asked for.
    """

    artifact: Artifact
    content: bytes
    url: str = ""
    faults: list[Fault] = field(default_factory=list[Fault])
    requests: int = 0

    @property
    def repositories(self) -> dict[str, str]:
        """The repository as jgo takes it."""
        return {"loopback": self.url}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        if not handler.path.endswith(f"/{self.artifact.name}-{self.artifact.version}.{self.artifact.packaging}"):
            handler.send_error(404)
            return
        self.requests += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault == "missing":
            handler.send_error(404)
            return
        body = self.content[:-1] + b"?" if fault == "damaged" else self.content
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if fault == "partial" else body)
        handler.close_connection = True


@pytest.fixture
def repository() -> Generator[Repository]:
    """Serve a repository that holds one small zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tool/bin/run", "#!/bin/sh\n" + "#" * 50_000)
    content = buffer.getvalue()
    artifact = Artifact(
        group="org.example",
        name="tool",
        version="1.2.3",
        packaging="zip",
        sha256=hashlib.sha256(content).hexdigest(),
    )
    served = Repository(artifact, content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/maven"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Return an empty cache that nothing can be fetched into."""
    return Cache(tmp_path / "cache", {"nowhere": "http://127.0.0.1:9/maven"})
