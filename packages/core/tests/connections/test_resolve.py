"""Name resolution that can be abandoned."""

import socket
import threading
from time import monotonic

import pytest

from core import ConnectionFailedError, DeadlineExceededError
from core.connections.resolve import resolve
from core.connections.steps import run, run_all


def soon() -> float:
    """Return a deadline that is far enough."""
    return monotonic() + 10


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6), ("10.0.101.7", socket.AF_INET)]
)
def test_a_numeric_address_is_itself(host: str, family: socket.AddressFamily) -> None:
    """No look-up is made for what is an address already."""
    before = threading.active_count()
    assert run(resolve(host, soon())) == [(family, host)]
    assert threading.active_count() == before


def test_a_name_is_looked_up() -> None:
    """A name gives its addresses."""
    assert "127.0.0.1" in [numeric for _, numeric in run(resolve("localhost", soon()))]


def test_a_name_without_an_address_is_a_failed_resolution() -> None:
    """A name that does not exist is told apart from a server that does not answer."""
    with pytest.raises(ConnectionFailedError) as raised:
        run(resolve("no such name", soon()))
    assert raised.value.failure == "resolution"


def test_a_dead_name_server_costs_the_deadline_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the system's resolver hangs, every look-up ends at its deadline and they share one thread."""
    answered, asked = threading.Event(), list[str]()

    def hangs(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        answered.wait(10)
        return [(socket.AF_INET, None, None, None, ("127.0.0.9", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    for _ in range(2):
        with pytest.raises(DeadlineExceededError):
            run(resolve("slow.internal", monotonic() + 0.02))
    waiting = [resolve("slow.internal", soon()), resolve("slow.internal", soon())]
    threading.Timer(0.05, answered.set).start()
    assert [ended.value for ended in run_all(waiting)] == [[(socket.AF_INET, "127.0.0.9")]] * 2
    assert asked == ["slow.internal"]


def test_a_look_up_whose_thread_can_not_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process out of threads fails once, not for every later look-up of that host."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            run(resolve("localhost", soon()))
    assert run(resolve("localhost", soon()))
