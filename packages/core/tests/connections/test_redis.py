"""The lean Redis probe, against servers that say what a test wants."""

import socket
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from core import ConnectionFailedError, PasswordFile, Redis
from core.connections import redis
from core.connections.steps import run

Serve = Callable[..., int]
AUTH = b"*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$6\r\nsecret\r\n"
PING = b"*1\r\n$4\r\nPING\r\n"


def silent(sock: socket.socket) -> None:
    """Take what comes, and say nothing."""
    while sock.recv(1_000):
        pass


def link(port: int, tmp_path: Path, **more: object) -> Redis:
    """Return a link to a server of the test's."""
    file = tmp_path / "password"
    file.write_text("secret")
    file.chmod(0o600)
    values = {"host": "127.0.0.1", "user": "app", "auth": PasswordFile(str(file)), "region": "us-east-1"} | more
    return Redis(port=port, **values)  # pyright: ignore[reportArgumentType]  # the test's own values


def hear(sock: socket.socket, wanted: bytes) -> None:
    """Read what must come."""
    heard = b""
    while len(heard) < len(wanted):
        heard += sock.recv(1) or pytest.fail("the probe hung up")
    assert heard == wanted


def server(*answers: bytes) -> Callable[[socket.socket], None]:
    """Let the user in, then answer each PING with the next answer, byte by byte."""

    def script(sock: socket.socket) -> None:
        hear(sock, AUTH)
        sock.sendall(b"+OK\r\n")
        for answer in answers:
            hear(sock, PING)
            for byte in answer:
                sock.sendall(bytes([byte]))

    return script


def probe(link: Redis, seconds: float = 10) -> str:
    """Return `healthy` or the class of failure."""
    try:
        run(redis.probe(link, monotonic() + seconds))
    except ConnectionFailedError as error:
        return error.failure
    return "healthy"


def test_it_signs_in_once_and_pings_on_the_same_connection(serve: Serve, tmp_path: Path) -> None:
    """The user and the password are sent as an ACL user's, and not again; answers may come byte by byte."""
    target = link(serve(server(b"+PONG\r\n", b"+PONG\r\n")), tmp_path)
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


def test_it_works_over_tls(serve: Serve, tmp_path: Path, ca_file: str) -> None:
    """Over TLS, verified, the same is said."""
    target = link(serve(server(b"+PONG\r\n"), name="localhost"), tmp_path, host="localhost", ca_file=ca_file)
    assert probe(target) == "healthy"


def test_a_connection_closed_meanwhile_is_replaced_without_notice(serve: Serve, tmp_path: Path) -> None:
    """A server that hung up after an answer is signed in to once more."""
    target = link(serve(server(b"+PONG\r\n"), server(b"+PONG\r\n")), tmp_path)
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"-NOAUTH Authentication required.\r\n", "authentication"),
        (b"-NOPERM User app has no permissions\r\n", "authentication"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "unavailable"),
        (b"-ERR max number of clients reached\r\n", "unavailable"),
        (b"-MISCONF Errors writing to the disk\r\n", "error"),
        (b"+PANG\r\n", "protocol"),
        (b"HTTP/1.1 400 Bad Request\r\n", "protocol"),
        (b"\x00\xff" * 5_000, "protocol"),
        (b"+PO", "closed"),
        (b"", "closed"),
    ],
)
def test_any_other_answer_is_a_failure_of_its_class(serve: Serve, tmp_path: Path, answer: bytes, failure: str) -> None:
    """Errors, garbage, oversized and cut answers are told apart."""
    assert probe(link(serve(server(answer)), tmp_path)) == failure


def test_a_wrong_password_is_a_failed_authentication(serve: Serve, tmp_path: Path) -> None:
    """The refusal of the user is told apart from an error of Redis."""

    def refuse(sock: socket.socket) -> None:
        hear(sock, AUTH)
        sock.sendall(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n")

    assert probe(link(serve(refuse), tmp_path)) == "authentication"


def test_a_password_that_redis_repeats_is_not_repeated(serve: Serve, tmp_path: Path) -> None:
    """An error's text may hold the arguments of AUTH; only its code goes into ours."""

    def repeat(sock: socket.socket) -> None:
        hear(sock, AUTH)
        sock.sendall(b"-ERR unknown command 'AUTH', with args beginning with: 'app' 'secret'\r\n")

    with pytest.raises(ConnectionFailedError) as raised:
        run(redis.probe(link(serve(repeat), tmp_path), monotonic() + 10))
    assert raised.value.failure == "error"
    assert "secret" not in str(raised.value)


def test_an_answer_too_many_is_not_taken_for_the_next_one(serve: Serve, tmp_path: Path) -> None:
    """A connection that has said more than was asked is replaced."""

    def talkative(sock: socket.socket) -> None:
        hear(sock, AUTH)
        sock.sendall(b"+OK\r\n")
        hear(sock, PING)
        sock.sendall(b"+PONG\r\n-ERR stale\r\n")  # at once, so that both have come when the first is read
        sock.recv(1)

    target = link(serve(talkative, server(b"+PONG\r\n")), tmp_path)
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


def test_silence_ends_at_the_deadline(serve: Serve, tmp_path: Path) -> None:
    """A server that accepts and says nothing is a timeout."""
    target = link(serve(silent), tmp_path)
    assert probe(target, 0.1) == "timeout"
