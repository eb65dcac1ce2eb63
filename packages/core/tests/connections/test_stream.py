"""Streams: TCP and verified TLS, in steps, with each failure told apart."""

import socket
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
import trustme

from core import ConnectionFailedError, DeadlineExceededError
from core.connections.steps import Steps, run
from core.connections.stream import connect

Serve = Callable[..., int]
MEGABYTE = 1_000_000


def echo(sock: socket.socket) -> None:
    """Send back what arrives, up to its end."""
    while data := sock.recv(65_536):
        sock.sendall(data)


def say_and_hear(port: int, data: bytes, ca_file: str | None = None, host: str = "127.0.0.1") -> bytes:
    """Connect, send, and read as much back."""

    def steps() -> Steps[bytes]:
        until = monotonic() + 10
        stream = yield from connect(host, port, ca_file, until)
        try:
            yield from stream.send(data, until)
            return (yield from stream.exactly(len(data), until))
        finally:
            stream.close()

    return run(steps())


def failure(port: int, ca_file: str | None = None, host: str = "127.0.0.1") -> str:
    """Return the class of failure of an exchange."""
    with pytest.raises(ConnectionFailedError) as raised:
        say_and_hear(port, b"hello", ca_file, host)
    return raised.value.failure


def test_what_is_sent_comes_back_over_tcp(serve: Serve) -> None:
    """Data of several buffers goes both ways."""
    data = bytes(range(256)) * 100
    assert say_and_hear(serve(echo), data) == data


def test_what_is_sent_comes_back_over_tls(serve: Serve, ca_file: str) -> None:
    """The same over TLS, verified by name against the given roots."""
    data = bytes(range(256)) * 100
    assert say_and_hear(serve(echo, name="localhost"), data, ca_file, "localhost") == data


def test_sending_to_one_who_does_not_read_keeps_the_deadline() -> None:
    """Full buffers are waited for no longer than the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def steps() -> Steps[None]:
            stream = yield from connect("127.0.0.1", listener.getsockname()[1], None, monotonic() + 10)
            try:
                yield from stream.send(bytes(50 * MEGABYTE), monotonic() + 0.1)
            finally:
                stream.close()

        with pytest.raises(DeadlineExceededError):
            run(steps())


def test_a_certificate_for_another_name_is_refused(serve: Serve, ca_file: str) -> None:
    """Verification includes the name."""
    assert failure(serve(echo, name="other.internal"), ca_file, "localhost") == "tls"


def test_a_certificate_of_an_unknown_authority_is_refused(serve: Serve, tmp_path: Path) -> None:
    """Verification is against the given roots, not the system's or none."""
    roots = tmp_path / "roots.pem"
    trustme.CA().cert_pem.write_to_path(str(roots))
    assert failure(serve(echo, name="localhost"), str(roots), "localhost") == "tls"


def test_a_server_without_tls_is_refused(serve: Serve, ca_file: str) -> None:
    """Where the link says TLS, plain text is no answer."""

    def plain(sock: socket.socket) -> None:
        sock.sendall(b"hello, I speak no TLS\r\n")

    assert failure(serve(plain), ca_file) == "tls"


def test_roots_that_can_not_be_read_are_a_failure_of_configuration(serve: Serve) -> None:
    """A wrong path is not mistaken for a failing server."""
    assert failure(serve(echo, name="localhost"), "/nowhere/roots.pem", "localhost") == "configuration"


def test_a_port_where_nothing_listens_is_refused() -> None:
    """Nothing there is told apart from no answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert failure(free.getsockname()[1]) == "refused"


def test_a_connection_that_ends_too_early_is_closed(serve: Serve) -> None:
    """A server that hangs up is told apart from one that is silent."""

    def hang_up(sock: socket.socket) -> None:
        sock.recv(1)

    assert failure(serve(hang_up)) == "closed"


def test_a_full_backlog_keeps_the_deadline() -> None:
    """A connect that never completes ends at its deadline, not when the system gives up."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        queued = [socket.socket() for _ in range(4)]
        for sock in queued:
            sock.settimeout(0)
            sock.connect_ex(("127.0.0.1", port))
        began = monotonic()
        with pytest.raises(DeadlineExceededError):
            run(connect("127.0.0.1", port, None, began + 0.2))
        assert monotonic() - began < 5
        for sock in queued:
            sock.close()
