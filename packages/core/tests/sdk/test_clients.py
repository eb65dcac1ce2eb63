"""Clients of the AWS SDK: which region they ask, and that none waits for ever."""

import socket
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from botocore.client import BaseClient

from core.sdk import Clients, NotSignedInError, UnreachableError, aws_errors

pytestmark = pytest.mark.slow

SERVICES = {
    "autoscaling": "autoscaling",
    "cloudformation": "cloudformation",
    "ec2": "ec2",
    "elasticache": "elasticache",
    "iam": "iam",
    "lambda_": "lambda",
    "logs": "logs",
    "opensearch": "opensearch",
    "rds": "rds",
    "s3": "s3",
    "service_quotas": "service-quotas",
    "ssm": "ssm",
    "sts": "sts",
}


@pytest.fixture
def silent() -> Generator[str]:
    """Return the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("given", "environment", "asked"),
    [
        ("eu-west-1", {"AWS_REGION": "eu-west-2"}, "eu-west-1"),
        (None, {"AWS_REGION": "eu-west-2"}, "eu-west-2"),
        (None, {"AWS_REGION": ""}, "eu-central-1"),
        (None, {}, "eu-central-1"),
    ],
)
def test_the_stages_region_goes_first(given: str | None, environment: dict[str, str], asked: str) -> None:
    """Then AWS_REGION, and then what the SDK knows by itself; patient clients ask the same one."""
    clients = Clients(given, environ=environment)
    assert clients.region == asked
    assert clients.sts.meta.region_name == asked
    assert clients.patient(930).lambda_.meta.region_name == asked


def test_a_profiles_region_counts_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where neither the stage nor the environment names one."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert Clients(environ={}).region is None
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    assert Clients(environ={}).region == "eu-north-1"


@pytest.mark.parametrize(("attribute", "service"), SERVICES.items())
def test_each_client_is_its_services_and_is_kept(attribute: str, service: str) -> None:
    """The types that a checker sees are those of what is there."""
    clients = Clients()
    client = getattr(clients, attribute)
    assert isinstance(client, BaseClient)
    assert client.meta.service_model.service_name == service
    assert getattr(clients, attribute) is client


def test_a_server_that_never_answers_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is as long as was said, and its end is a line that names the address."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    with (
        pytest.raises(UnreachableError, match=r"it fails: AWS can't be reached: .*timeout.*127\.0\.0\.1"),
        aws_errors("it fails"),
    ):
        Clients(answer_seconds=1, attempts=1).sts.get_caller_identity()


@pytest.fixture
def page() -> Generator[str]:
    """Return the address of what answers by a page of its own, as proxies and hotels do."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><html><head><meta charset=utf-8><title>Welcome</title><p>Sign in</html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_page_that_answers_in_awss_place_is_told_so(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that wants a person to sign in is no traceback."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", page)
    with pytest.raises(UnreachableError, match=r"what answered is not AWS.*the proxy"), aws_errors("it fails"):
        Clients().sts.get_caller_identity()


def test_looking_for_credentials_is_bounded_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The SDK asks for those of a role by a client of its own: it tries no more often than the others."""
    tried: list[object] = []

    class Closing(StreamRequestHandler):
        def handle(self) -> None:
            tried.append(self.client_address)

    (tmp_path / "config").write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = AKIATEST\naws_secret_access_key = secret-of-a-test\n"
    )
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable)
    with ThreadingTCPServer(("127.0.0.1", 0), Closing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("AWS_PROFILE", "role")
        with pytest.raises(UnreachableError), aws_errors("it fails"):
            Clients(attempts=1).sts.get_caller_identity()
        server.shutdown()
        thread.join()
    assert len(tried) == 1


def test_metadata_that_never_answers_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the SDK asks for an instance's: on a laptop nothing answers there."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", silent)
    with pytest.raises(NotSignedInError, match="aws sso login"), aws_errors("it fails"):
        Clients().sts.get_caller_identity()


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is not asked for a loopback address, whatever the environment says."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9"), aws_errors("it fails"):
        Clients().sts.get_caller_identity()
