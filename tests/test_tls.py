"""Verified TLS, IAM tokens and cluster mode, on the genuine engines: what the links of AWS ask of core."""

import dataclasses
import os
import socket
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import trustme
from psycopg import sql

from core import ConnectionFailedError, Iam, PasswordFile, Postgres, Redis, Resources
from core.connections import postgres, redis, sign_in
from core.connections.sign_in import password
from core.connections.steps import run
from local.artifacts import Cache, this_platform
from local.artifacts import redis as redis_server
from local.paths import cache_folder
from local.stage import Unwatched
from local.testing.plugin import stage_for

pytestmark = [pytest.mark.engines]

NOW = 1_790_000_000.0
"""A moment that tokens are signed at, so that the test can know them."""
RULES = "hostssl all app 127.0.0.1/32 {method}\nhost all admin 127.0.0.1/32 scram-sha-256\n"


@pytest.fixture(autouse=True)
def _no_connection_outlives_its_test() -> Iterator[None]:
    yield
    postgres.close_connections()
    redis.close_connections()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return a certificate authority of the tests' own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the PEM file of its root."""
    file = tmp_path_factory.mktemp("roots") / "root.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session" * 100)


class Server:
    """A PostgreSQL with TLS, whose rules and passwords a test can change.

    Attributes:
        link: the way to it as the application, verified.
    """

    def __init__(self, link: Postgres, admin: psycopg.Connection) -> None:
        self.link = link
        self._admin = admin

    def write(self, name: str, text: str) -> None:
        """Write a file into the server's data, as the server's own user."""
        self._admin.execute(
            sql.SQL("COPY (SELECT unnest(string_to_array({}, chr(10)))) TO PROGRAM {}").format(
                sql.Literal(text), sql.Literal(f"cat > {name} && chmod 600 {name}")
            )
        )

    def require(self, method: str) -> None:
        """Let the application in over TLS only, by this method."""
        self.write("pg_hba.conf", RULES.format(method=method))
        before = self._loaded()
        self._admin.execute("SELECT pg_reload_conf()")
        until = time.monotonic() + 20
        while self._loaded() == before:
            assert time.monotonic() < until, "the rules were not read again"

    def _loaded(self) -> object:
        """Return when the settings were read last; the rules are read just before."""
        return self._admin.execute("SELECT pg_conf_load_time()").fetchone()

    def set_password(self, text: str) -> None:
        """Change the application's password."""
        self._admin.execute(sql.SQL("ALTER ROLE app PASSWORD {}").format(sql.Literal(text)))


@pytest.fixture(scope="module")
def server(pytestconfig: pytest.Config, authority: trustme.CA, ca_file: str) -> Iterator[Server]:
    """Start a PostgreSQL of the tests' own and switch TLS on."""
    with stage_for(pytestconfig, "tls", "postgres") as stage:
        admin = stage.postgres(Resources.MyPostgres, "admin")
        opened = psycopg.connect(
            host=admin.host,
            port=admin.port,
            user=admin.user,
            password=password(admin),
            dbname="postgres",
            autocommit=True,
        )
        with opened:
            link = dataclasses.replace(stage.postgres(Resources.MyPostgres), host="localhost", ca_file=ca_file)
            made = Server(link, opened)
            certificate = authority.issue_cert("localhost")
            made.write("server.key", certificate.private_key_pem.bytes().decode())
            made.write("server.crt", "".join(pem.bytes().decode() for pem in certificate.cert_chain_pems))
            opened.execute("ALTER SYSTEM SET ssl = on")
            made.require("scram-sha-256")
            yield made


def connects(link: Postgres) -> str:
    """Return `encrypted` or `plain` if a connection is made, or the class of failure."""
    try:
        row = postgres.connection(link).execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    except ConnectionFailedError as error:
        return error.failure
    return "encrypted" if row == (True,) else "plain"


def test_postgres_is_verified_and_encrypted(server: Server) -> None:
    """The certificate's name and authority are checked, then the password is proven by SCRAM."""
    assert connects(server.link) == "encrypted"


def test_postgres_under_another_name_or_authority_is_refused(server: Server, tmp_path: Path) -> None:
    """A name that the certificate does not bear, and an authority that did not issue it, fail the handshake."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    assert connects(dataclasses.replace(server.link, host="127.0.0.1")) == "tls"
    assert connects(dataclasses.replace(server.link, ca_file=str(other))) == "tls"


def test_a_password_is_never_sent_as_it_is(server: Server) -> None:
    """A server that asks for the password in clear gets none, even over TLS."""
    server.require("password")
    assert connects(server.link) == "authentication"
    server.require("scram-sha-256")


def test_a_token_of_the_role_signs_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """With IAM the token travels as the password over verified TLS, as RDS Proxy wants it."""
    monkeypatch.setattr(sign_in, "time", lambda: NOW)
    assert isinstance(server.link.auth, PasswordFile)
    link = dataclasses.replace(server.link, auth=Iam())
    server.require("password")
    assert connects(link) == "authentication"
    server.set_password(password(link))
    assert connects(link) == "encrypted"
    server.set_password(Path(server.link.auth.path).read_text().strip())
    server.require("scram-sha-256")


def test_a_token_is_not_sent_to_a_server_that_wants_a_proof(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not do IAM is told apart, and does not get to see the token."""
    monkeypatch.setattr(sign_in, "time", lambda: NOW)
    assert connects(dataclasses.replace(server.link, auth=Iam())) == "authentication"


@pytest.fixture(scope="module")
def cluster(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start a Redis node in cluster mode, over TLS alone, that knows one user; return its port."""
    folder = tmp_path_factory.mktemp("redis")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    for _ in range(5):
        port, bus = free_ports(2)
        with redis_node(folder, port, bus) as node:
            if serves(node, folder / "log"):
                yield port
                assert node.poll() is None, (folder / "log").read_text()
                return
    raise AssertionError((folder / "log").read_text())


def free_ports(count: int) -> list[int]:
    """Return ports that nobody has at the moment; others may be quicker."""
    with ExitStack() as taken:
        listeners = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


@contextmanager
def redis_node(folder: Path, port: int, bus: int) -> Generator[subprocess.Popen[bytes]]:
    """Run a node for as long as the block, with its log in the folder."""
    program = redis_server(Cache(cache_folder()), this_platform(), Unwatched().download)
    settings = {
        "bind": "127.0.0.1",
        "port": "0",
        "tls-port": str(port),
        "tls-cert-file": "cert.pem",
        "tls-key-file": "key.pem",
        "tls-auth-clients": "no",
        "cluster-enabled": "yes",
        "cluster-port": str(bus),
        "dir": str(folder),
        "save": "",
    }
    arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
    with (folder / "log").open("wb") as output:
        node = subprocess.Popen(
            [program, *arguments, "--user", "app", "on", ">secret", "~*", "+@all"],
            cwd=folder,
            stdout=output,
            env={"PATH": os.defpath},
        )
    try:
        yield node
    finally:
        node.kill()
        node.wait()


def serves(node: subprocess.Popen[bytes], log: Path) -> bool:
    """Wait until a node accepts connections, by its own word; return whether it does, and not another on its ports."""
    until = time.monotonic() + 20
    while "Ready to accept connections" not in log.read_text():
        if node.poll() is not None:
            assert "in use" in log.read_text(), log.read_text()
            return False
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.01)
    return True


@pytest.fixture
def redis_link(cluster: int, ca_file: str, tmp_path: Path) -> Redis:
    """Return the link to the node."""
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("secret")
    return Redis(
        host="localhost",
        port=cluster,
        user="app",
        auth=PasswordFile(str(file)),
        region="us-east-1",
        cluster=True,
        ca_file=ca_file,
    )


def pings(link: Redis) -> str:
    """Return `healthy`, or the class of failure."""
    try:
        run(redis.probe(link, time.monotonic() + 10))
    except ConnectionFailedError as error:
        return error.failure
    return "healthy"


def test_a_node_of_a_redis_cluster_answers_over_verified_tls(redis_link: Redis) -> None:
    """Any node's answer counts, also of one that knows no others, and the connection is used again."""
    assert [pings(redis_link), pings(redis_link)] == ["healthy", "healthy"]


def test_redis_under_another_name_is_refused(redis_link: Redis) -> None:
    """The name is verified."""
    assert pings(dataclasses.replace(redis_link, host="127.0.0.1")) == "tls"


def test_redis_without_tls_is_no_answer(redis_link: Redis) -> None:
    """A link without TLS to a port that speaks only TLS fails in time."""
    assert pings(dataclasses.replace(redis_link, ca_file=None)) in {"closed", "protocol"}


def test_redis_refuses_a_token_that_it_does_not_know(redis_link: Redis) -> None:
    """With IAM a token is sent as the password; a Redis that is not ElastiCache refuses it."""
    link = dataclasses.replace(redis_link, auth=Iam(), replication_group="mocs-dev")
    assert pings(link) == "authentication"
