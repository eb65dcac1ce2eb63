"""Fixtures for conftest files: AWS as far as moto's server goes, with nothing of the developer's AWS settings."""

from collections.abc import Generator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from core.sdk import Clients

REGION = "eu-central-1"


@pytest.fixture
def own_aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials and region are a test's own, and no instance's metadata is asked."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")


@pytest.fixture(scope="session")
def moto() -> Generator[str]:
    """Return the address of moto's server, on a port of its own."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(moto: str, own_aws_environment: None, monkeypatch: pytest.MonkeyPatch) -> Clients:  # noqa: ARG001
    """Return clients of an AWS account in which there is nothing yet."""
    with urlopen(Request(f"{moto}/moto-api/reset", method="POST")) as answer:  # noqa: S310  # our own server
        assert answer.status == 200
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    return Clients(REGION)
