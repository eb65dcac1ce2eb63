"""S3, as the stage runs it."""

import http.client
from typing import TYPE_CHECKING

import pytest

from local.engines import Engine, S3Server

if TYPE_CHECKING:
    from .conftest import Workshop

pytestmark = pytest.mark.engines


def call(engine: Engine, method: str, path: str) -> int:
    """Make a request with the form of a signed one, which moto wants to see and does not verify; return its status."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=30)
    signature = "Credential=local/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    try:
        connection.request(method, path, headers={"Authorization": f"AWS4-HMAC-SHA256 {signature}"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_its_buckets_are_there_when_it_is_ready(workshop: "Workshop") -> None:
    """Each bucket exists and takes objects, after a restart too; another does not exist."""
    engine = workshop.start(S3Server(site=workshop.site("s3"), buckets=("my-bucket", "other-bucket")))
    engine.kill()
    engine.start()
    for bucket in ("my-bucket", "other-bucket"):
        assert call(engine, "GET", f"/{bucket}") == 200
        assert call(engine, "PUT", f"/{bucket}/photo") == 200
        assert call(engine, "GET", f"/{bucket}/photo") == 200
    assert call(engine, "GET", "/unknown-bucket") == 404


def test_without_a_bucket_too_it_serves_when_it_is_ready(workshop: "Workshop") -> None:
    """It is ready no sooner than something listens."""
    engine = workshop.start(S3Server(site=workshop.site("s3"), buckets=()))
    assert call(engine, "GET", "/") == 200
