"""What a client sees in each mode of the proxy."""

import contextlib
import socket
import time
from collections.abc import Generator

import pytest

from local.proxy import Backlog, Forward, Garbage, Mode, Proxy, Refuse, Silent

from .conftest import Echo

pytestmark = pytest.mark.slow

BRIEF = 0.3
"""Seconds within which a loopback that answers has long answered."""


@contextlib.contextmanager
def connected(proxy: Proxy, timeout: float = 10) -> Generator[socket.socket]:
    """Open a connection to a proxy; the timeout is in seconds."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=timeout) as client:
        yield client


def read(client: socket.socket, size: int) -> bytes:
    """Read so many bytes."""
    received = b""
    while len(received) < size:
        data = client.recv(size - len(received))
        assert data, f"the stream ended after {received!r}"
        received += data
    return received


def ask(client: socket.socket, data: bytes = b"hello") -> bytes:
    """Send bytes and read as many."""
    client.sendall(data)
    return read(client, len(data))


def hears_nothing(client: socket.socket) -> bool:
    """Tell whether a connection stays open and says nothing."""
    client.settimeout(BRIEF)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    return False


def test_forward_passes_bytes_both_ways(proxy: Proxy) -> None:
    """What the server answers is what its client gets, on several connections at once."""
    with connected(proxy) as one, connected(proxy) as other:
        assert ask(one) == b"hello"
        assert ask(other, b"world") == b"world"
        assert ask(one, b"again") == b"again"


def test_forward_passes_more_than_the_sockets_hold(proxy: Proxy) -> None:
    """A message larger than every buffer on its way arrives whole and in order."""
    sent = b"".join(index.to_bytes(4, "big") for index in range(2_000_000))
    with connected(proxy) as client:
        received = bytearray()
        client.settimeout(0)
        rest = memoryview(sent)
        deadline = time.monotonic() + 60
        while len(received) < len(sent) and time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                rest = rest[client.send(rest) :] if rest else rest
            with contextlib.suppress(BlockingIOError):
                received += client.recv(1 << 20)
    assert bytes(received) == sent


def test_forward_passes_the_end_of_a_stream(proxy: Proxy) -> None:
    """A client that has sent everything still gets the rest of the answer, and then its end."""
    with connected(proxy) as client:
        client.sendall(b"last")
        client.shutdown(socket.SHUT_WR)
        assert read(client, 4) == b"last"
        assert client.recv(1) == b""


def test_a_server_that_is_not_there_resets_its_client() -> None:
    """Where nothing listens behind the proxy, a connection is broken, never left open without an answer."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with (
            Proxy("127.0.0.1", unused.getsockname()[1]) as proxy,
            pytest.raises(ConnectionResetError),  # as early as in connecting, if the proxy is quick
            connected(proxy) as client,
        ):
            client.recv(1)


@pytest.mark.parametrize("delay", [0.0025, 0.05])
def test_a_delay_is_added_to_each_answer(proxy: Proxy, delay: float) -> None:
    """No answer comes before the delay is over, also on a connection from before, and most come soon after."""
    with connected(proxy) as client:
        ask(client)
        proxy.switch(Forward(delay))
        times: list[float] = []
        for _ in range(9):
            began = time.perf_counter()
            assert ask(client) == b"hello"
            times.append(time.perf_counter() - began)
    assert min(times) >= delay
    assert sorted(times)[4] < delay + 0.02


def test_a_delay_keeps_the_order_when_it_shrinks(proxy: Proxy) -> None:
    """What was said later never overtakes what still waits."""
    with connected(proxy) as client:
        proxy.switch(Forward(BRIEF))
        for index in range(100):
            if index == 50:
                proxy.switch(Forward())
            client.sendall(bytes([index]))
        assert read(client, 100) == bytes(range(100))


def test_an_answer_can_be_delayed_beyond_any_deadline(proxy: Proxy) -> None:
    """While an answer is held back its client hears nothing, and the connection stays open."""
    with connected(proxy) as client:
        proxy.switch(Forward(60))
        client.sendall(b"hello")
        assert hears_nothing(client)


def test_silent_swallows_on_old_and_new_connections(proxy: Proxy) -> None:
    """A connection from before and a new one are both open and both without an answer."""
    with connected(proxy) as old:
        assert ask(old) == b"hello"
        proxy.switch(Silent())
        with connected(proxy) as new:
            for client in (old, new):
                client.sendall(b"hello")
                assert hears_nothing(client)


def test_silent_swallows_an_answer_that_is_on_its_way(proxy: Proxy, echo: Echo) -> None:
    """An answer that was held back when the proxy went silent never arrives."""
    with connected(proxy) as client:
        proxy.switch(Forward(BRIEF))
        client.sendall(b"hello")
        assert echo.answered.acquire(timeout=10)
        for _ in range(2):  # by the second round of its loop the proxy has read what was there in the first
            proxy.switch(Forward(BRIEF))
        proxy.switch(Silent())
        assert hears_nothing(client)


def test_a_stream_with_a_hole_is_never_passed_on(proxy: Proxy) -> None:
    """A connection that lost bytes stays silent when the proxy forwards again; a new one works."""
    with connected(proxy) as old:
        assert ask(old) == b"hello"
        proxy.switch(Silent())
        old.sendall(b"lost")
        assert hears_nothing(old)
        proxy.switch(Forward())
        old.sendall(b"rest")
        assert hears_nothing(old)
        with connected(proxy) as new:
            assert ask(new) == b"hello"


def test_silence_that_swallowed_nothing_leaves_no_trace(proxy: Proxy) -> None:
    """A connection that was idle while the proxy was silent goes on."""
    with connected(proxy) as client:
        assert ask(client) == b"hello"
        proxy.switch(Silent())
        proxy.switch(Forward())
        assert ask(client) == b"hello"


def test_garbage_answers_old_and_new_connections(proxy: Proxy) -> None:
    """Whatever a client says, on whichever connection, it gets the given bytes."""
    with connected(proxy) as old:
        assert ask(old) == b"hello"
        proxy.switch(Garbage(b"\x00nonsense"))
        with connected(proxy) as new:
            for client in (old, new):
                client.sendall(b"hello")
                assert read(client, 9) == b"\x00nonsense"


@pytest.mark.parametrize("mode", [Refuse(), Backlog()], ids=["refuse", "backlog"])
def test_connections_are_reset_when_the_port_closes(proxy: Proxy, mode: Mode) -> None:
    """A connection from before does not outlive the change."""
    with connected(proxy) as client:
        assert ask(client) == b"hello"
        proxy.switch(mode)
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_refuse_refuses_at_once(proxy: Proxy) -> None:
    """A client is told at once that nothing listens."""
    proxy.switch(Refuse())
    with pytest.raises(ConnectionRefusedError), connected(proxy):
        pass


def test_backlog_lets_no_connection_complete(proxy: Proxy) -> None:
    """A client waits for its connection for as long as it likes, again and again."""
    proxy.switch(Backlog())
    for _ in range(3):
        with pytest.raises(TimeoutError), connected(proxy, timeout=BRIEF):
            pass


@pytest.mark.parametrize("mode", [Silent(), Garbage(), Refuse(), Backlog()], ids=lambda mode: type(mode).__name__)
def test_the_proxy_forwards_again_after_every_mode(proxy: Proxy, mode: Mode) -> None:
    """A fault ends where the proxy is switched back, on the same port, however often."""
    for _ in range(3):
        proxy.switch(mode)
        proxy.switch(Forward())
        with connected(proxy) as client:
            assert ask(client) == b"hello"


def test_cut_resets_what_is_open_and_nothing_else(proxy: Proxy) -> None:
    """An open connection is reset, a new one is served."""
    with connected(proxy) as old:
        assert ask(old) == b"hello"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            old.recv(1)
        with connected(proxy) as new:
            assert ask(new) == b"hello"


def test_the_end_of_the_proxy_ends_its_connections(echo: Echo) -> None:
    """Nothing of the proxy is left when its context is closed: neither connections nor the port."""
    with Proxy(*echo.address) as proxy:
        client = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
        assert ask(client) == b"hello"
    with client, pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionRefusedError), connected(proxy):
        pass
