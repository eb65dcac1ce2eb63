"""OpenSearch, as the stage runs it."""

import http.client
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local.engines import Engine, OpenSearchServer

if TYPE_CHECKING:
    from .conftest import Workshop

pytestmark = pytest.mark.engines


def call(engine: Engine, method: str, path: str, body: object = None) -> dict[str, object]:
    """Make one request; return the JSON of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=30)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def test_it_starts_faster_from_the_archive_of_its_classes_and_keeps_its_data(bare_workshop: "Workshop") -> None:
    """The first server writes the archive when it stops; the second reads it, and finds what the first indexed."""
    engine = bare_workshop.start(OpenSearchServer(site=bare_workshop.site("opensearch")))
    first = " ".join(psutil.Process(engine.pids[0]).cmdline())
    assert "-XX:ArchiveClassesAtExit=" in first
    call(engine, "PUT", "/mocs/_doc/1?refresh=true", {"name": "Galaxy Explorer"})
    engine.stop()

    (archive,) = bare_workshop.cache.folder.glob("opensearch-*.jsa")
    assert archive.stat().st_mode & 0o777 == 0o644
    engine.start()
    assert f"-XX:SharedArchiveFile={archive}" in psutil.Process(engine.pids[0]).cmdline()
    if sys.platform == "linux":  # elsewhere nothing says what a process has mapped
        mapped = {Path(mapping.path).name for mapping in psutil.Process(engine.pids[0]).memory_maps()}
        assert archive.name in mapped, "Java did not accept the archive"
    assert call(engine, "GET", "/mocs/_doc/1")["_source"] == {"name": "Galaxy Explorer"}
    assert call(engine, "GET", "/_cluster/health")["status"] in ("green", "yellow")
    version = call(engine, "GET", "/")["version"]
    assert isinstance(version, dict)
    assert version["number"] == "2.19.4"
    addresses = {c.laddr.ip for c in psutil.Process(engine.pids[0]).net_connections("tcp") if c.status == "LISTEN"}
    assert {address.removeprefix("::ffff:") for address in addresses} == {"127.0.0.1"}

    engine.kill()
    archive.write_bytes(b"damaged")
    engine.start()
    assert call(engine, "GET", "/mocs/_doc/1")["_source"] == {"name": "Galaxy Explorer"}
