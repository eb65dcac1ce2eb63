"""The loop that waits: concurrent, bounded, and each piece of work on its own."""

import socket
from collections.abc import Iterator
from time import monotonic

import pytest

from core import DeadlineExceededError
from core.connections.steps import READ, WRITE, Steps, run, run_all


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return two connected sockets."""
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def read(sock: socket.socket, until: float) -> Steps[bytes]:
    """Wait for something to read, and read it."""
    yield sock.fileno(), READ, until
    return sock.recv(100)


def write(sock: socket.socket, data: bytes, until: float) -> Steps[None]:
    """Wait until something can be written, and write it."""
    yield sock.fileno(), WRITE, until
    sock.sendall(data)


def test_work_that_waits_for_other_work_ends(pair: tuple[socket.socket, socket.socket]) -> None:
    """Pieces of work run concurrently: one may wait for what another does."""
    until = monotonic() + 10
    reading, writing = run_all([read(pair[0], until), write(pair[1], b"hello", until)])
    assert (reading.value, reading.error, writing.error) == (b"hello", None, None)


def test_a_deadline_ends_its_own_work_only(pair: tuple[socket.socket, socket.socket]) -> None:
    """Work that is never answered ends at its deadline, while the other gets its answer."""
    now = monotonic()
    with socket.socket() as nobody, socket.create_server(("127.0.0.1", 0)) as server:
        nobody.connect(server.getsockname())
        pair[1].sendall(b"x")
        silent, answered = run_all([read(nobody, now + 0.05), read(pair[0], now + 10)])
    assert isinstance(silent.error, DeadlineExceededError)
    assert silent.at - now >= 0.05
    assert answered.value == b"x"


def test_who_never_stops_sending_is_late_too(pair: tuple[socket.socket, socket.socket]) -> None:
    """The deadline counts also while there is always something to read."""

    def drains() -> Steps[None]:
        until = monotonic() + 0.05
        while True:
            yield pair[0].fileno(), READ, until

    pair[1].sendall(b"more")
    with pytest.raises(DeadlineExceededError):
        run(drains())


def test_what_was_due_before_it_began_still_ends(pair: tuple[socket.socket, socket.socket]) -> None:
    """A deadline in the past is an error, not an endless wait."""
    with pytest.raises(DeadlineExceededError):
        run(read(pair[0], monotonic() - 1))


def test_an_error_in_one_work_leaves_the_others_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    """Whatever one piece of work raises is its own end."""

    def fails() -> Steps[bytes]:
        yield pair[0].fileno(), WRITE, monotonic() + 10
        raise ZeroDivisionError

    pair[1].sendall(b"there")
    failed, fine = run_all([fails(), read(pair[0], monotonic() + 10)])
    assert isinstance(failed.error, ZeroDivisionError)
    assert fine.value == b"there"


def test_work_may_go_on_after_its_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    """A step that gives up on one thing may try another with the time that is left."""

    def retries() -> Steps[str]:
        try:
            yield pair[0].fileno(), READ, monotonic() + 0.02
        except DeadlineExceededError:
            yield pair[0].fileno(), WRITE, monotonic() + 10
        return "second"

    assert run(retries()) == "second"


def test_an_interrupt_closes_the_work(pair: tuple[socket.socket, socket.socket]) -> None:
    """Ctrl-C passes on, after every piece of work has cleaned up."""
    closed: list[str] = []

    def waits() -> Steps[None]:
        try:
            yield pair[0].fileno(), READ, monotonic() + 10
        finally:
            closed.append("waits")

    def interrupted() -> Steps[None]:
        yield pair[0].fileno(), WRITE, monotonic() + 10
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all([waits(), interrupted()])
    assert closed == ["waits"]
