"""What the users of the template may do, asked of a genuine Redis."""

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core import PasswordFile, Redis, Resources
from core.manifest import Function, RedisAccess

if TYPE_CHECKING:
    from local.stage import Stage
    from templates.model import Templates

pytestmark = [pytest.mark.engines, pytest.mark.slow]

Ask = Callable[..., str]
WORK = (
    ("GET", "k"),
    ("SET", "k", "v", "EX", "60"),
    ("DEL", "k"),
    ("HSET", "k", "f", "v"),
    ("MGET", "k", "l"),
    ("SCAN", "0"),
    ("EVAL", "return 1", "0"),
    ("MULTI",),
    ("PUBLISH", "channel", "message"),
    ("PING",),
    ("INFO",),
    ("COMMAND",),
    ("CLIENT", "SETNAME", "name"),
    ("READONLY",),
    ("CLUSTER", "SLOTS"),
    ("CLUSTER", "SHARDS"),
    ("CLUSTER", "NODES"),
)
"""What the application, its health check and a client that follows a cluster ask for."""
HARM = (
    ("KEYS", "*"),
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("CONFIG", "GET", "*"),
    ("ACL", "LIST"),
    ("CLIENT", "KILL", "ID", "1"),
    ("CLUSTER", "RESET"),
    ("DEBUG", "SLEEP", "1"),
    ("SHUTDOWN",),
    ("REPLICAOF", "NO", "ONE"),
    ("MONITOR",),
    ("SAVE",),
)


@pytest.fixture
def ask(stage: "Stage") -> Iterator[Ask]:
    """Return what sends a command as the user who may do everything, and returns the answer."""
    function = Function(name="any", handler="", description="", links=(RedisAccess(Resources.MyRedis),))
    link = Redis.decode("MyRedis", stage.links(function)[Resources.MyRedis.variable])
    assert isinstance(link.auth, PasswordFile)
    admin = Path(link.auth.path).with_name("redis-admin").read_text()
    with (
        closing(socket.create_connection((link.host, link.port), 10)) as connection,
        connection.makefile("rb") as stream,
    ):

        def read() -> str:
            line = stream.readline().decode().rstrip("\r\n")
            match line[:1]:
                case "$":
                    return stream.read(int(line[1:]) + 2)[:-2].decode()
                case "*":
                    return "\n".join(read() for _ in range(int(line[1:])))
                case _:
                    return line

        def send(*words: str) -> str:
            parts = [word.encode() for word in words]
            connection.sendall(
                b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
            )
            return read()

        assert send("AUTH", "admin", admin) == "+OK"
        yield send


@pytest.fixture
def made(ask: Ask) -> Iterator[Callable[[str], str]]:
    """Return what makes a user of an access string, and returns the user's name."""
    names: list[str] = []

    def make(access: str) -> str:
        name = f"of-a-test-{secrets.token_hex(8)}"
        assert ask("ACL", "SETUSER", name, *access.split()) == "+OK"
        names.append(name)
        return name

    yield make
    for name in names:
        ask("ACL", "DELUSER", name)


def access_string(templates: "Templates", *, default: bool) -> str:
    """Return the rights of the default user, or of the other one."""
    (user,) = (each for each in templates.of("AWS::ElastiCache::User") if (each["UserName"] == "default") is default)
    return str(user["AccessString"])


def test_the_application_works_and_does_no_harm(templates: "Templates", ask: Ask, made: Callable[[str], str]) -> None:
    """Redis takes the rights as they are written, lets the application do its work, and nothing of an administrator."""
    app = made(access_string(templates, default=False))
    for command in WORK:
        assert ask("ACL", "DRYRUN", app, *command) == "+OK", command
    for command in HARM:
        assert "has no permissions to run" in ask("ACL", "DRYRUN", app, *command), command


def test_the_default_user_may_not_even_come_in(templates: "Templates", ask: Ask, made: Callable[[str], str]) -> None:
    """Who does not sign in is the default user: it is off, and may do nothing besides."""
    access = access_string(templates, default=True)
    nobody = made(access)
    assert access.split()[0] == "off"
    for command in (*WORK, *HARM):
        assert "has no permissions to run" in ask("ACL", "DRYRUN", nobody, *command), command


def test_the_local_stage_gives_its_application_the_same(
    templates: "Templates", ask: Ask, made: Callable[[str], str]
) -> None:
    """What works on a laptop works on AWS, as far as rights go."""

    def commands(user: str) -> str:
        told = ask("ACL", "GETUSER", user).split("\n")
        return told[told.index("commands") + 1]

    assert commands(made(access_string(templates, default=False))) == commands("app")
