"""Redis, as the stage runs it."""

import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local.engines import Engine, RedisServer, Site

if TYPE_CHECKING:
    from .conftest import Workshop

pytestmark = pytest.mark.engines

Ask = Callable[[str], str]


def server(site: Site) -> RedisServer:
    """Describe a server."""
    return RedisServer(site=site, passwords={"admin": "admins-own", "app": "apps-own"})


@contextmanager
def session(engine: Engine, user: str | None = "app") -> Generator[Ask]:
    """Open a connection, signed in unless `user` is None; what it yields sends one command and returns the answer."""
    with socket.create_connection(("127.0.0.1", engine.port), 5) as connection, connection.makefile("rb") as stream:

        def read() -> str:
            line = stream.readline().decode().rstrip("\r\n")
            match line[:1]:
                case "$":
                    size = int(line[1:])
                    return "nothing" if size < 0 else stream.read(size + 2)[:-2].decode()
                case "*":
                    return " ".join(read() for _ in range(int(line[1:])))
                case _:
                    return line

        def ask(command: str) -> str:
            connection.sendall(f"{command}\r\n".encode())
            return read()

        if user is not None:
            assert ask(f"AUTH {user} {user}s-own") == "+OK"
        yield ask


@pytest.fixture(scope="module")
def shared(shared_workshop: "Workshop") -> Engine:
    """Return a server that tests use which do not stop it."""
    return shared_workshop.start(server(shared_workshop.site("redis")))


def test_app_works_with_data(shared: Engine) -> None:
    """The application reads, writes, runs scripts, publishes, and asks what a client and a health check ask."""
    with session(shared) as ask:
        assert ask("SET moc 42928 EX 60") == "+OK"
        assert ask("GET moc") == "42928"
        assert ask("EVAL \"return redis.call('GET', 'moc')\" 0") == "42928"
        assert ask("PING") == "+PONG"
        assert "redis_version:7.0.15" in ask("INFO server")
        assert int(ask("COMMAND COUNT")[1:]) > 200
        assert ask("CLUSTER SLOTS").startswith("-ERR This instance has cluster support disabled")
        assert ask("PUBLISH channel message") == ":0"


def test_app_can_neither_administer_nor_endanger(shared: Engine) -> None:
    """What configures the server, reads its users, scans it whole or empties it is refused to the application."""
    with session(shared) as ask:
        for command in ("CONFIG GET *", "ACL LIST", "FLUSHALL", "KEYS *", "SHUTDOWN", "CLUSTER RESET"):
            assert ask(command).startswith("-NOPERM"), command
    with session(shared, "admin") as ask:
        assert ask("FLUSHALL") == "+OK"


def test_nobody_gets_in_without_a_user_and_its_password(workshop: "Workshop") -> None:
    """The default user is off, a wrong password is refused, and the ACL holds hashes only."""
    engine = workshop.start(server(workshop.site("redis")))
    with session(engine, None) as ask:
        assert ask("GET moc").startswith("-NOAUTH")
        assert ask("AUTH default apps-own").startswith("-WRONGPASS")
        assert ask("AUTH app wrong").startswith("-WRONGPASS")
    users = (workshop.site("redis").folder / "users.acl").read_text()
    assert "apps-own" not in users
    assert "admins-own" not in users
    assert re.search(r"^user app on #[0-9a-f]{64} ", users, re.MULTILINE)


def test_data_outlives_a_stop_and_memory_is_bounded(workshop: "Workshop") -> None:
    """What was written is there after a stop; the least recently used keys make room, as in a cache."""
    engine = workshop.start(server(workshop.site("redis")))
    with session(engine) as ask:
        ask("SET kept yes")
    engine.stop()
    engine.start()
    with session(engine) as ask:
        assert ask("GET kept") == "yes"
    with session(engine, "admin") as ask:
        assert ask("CONFIG GET maxmemory-policy") == "maxmemory-policy allkeys-lru"
        assert ask("CONFIG GET maxmemory") == f"maxmemory {128 << 20}"
        assert ask("CONFIG GET bind") == "bind 127.0.0.1"


def test_data_that_was_on_disk_outlives_a_crash(workshop: "Workshop") -> None:
    """A torn end of the append-only file, as a crash leaves it, costs no more than that end."""
    engine = workshop.start(server(workshop.site("redis")))
    with session(engine) as ask:
        ask("SET kept yes")
        ask("SET torn perhaps")
    engine.stop()
    (file,) = (workshop.site("redis").folder / "data" / "appendonlydir").glob("*.incr.aof")
    content = file.read_bytes()
    with file.open("r+b") as stream:
        stream.truncate(len(content) - 3)
    engine.start()
    with session(engine) as ask:
        assert ask("GET kept") == "yes"
        assert ask("GET torn") == "nothing"
