"""The kept connection: used again, replaced once when it has died, never shared with a fork."""

import os
import socket
from collections.abc import Iterator
from time import monotonic

import pytest

from core import ConnectionFailedError, DeadlineExceededError
from core.connections import kept as kept_module
from core.connections.kept import Kept
from core.connections.steps import READ, Steps, run
from core.errors import Failure


class Line:
    """A connection that fails as it is told, and tells whether it was closed."""

    def __init__(self, failure: Failure | None = None) -> None:
        self.failure: Failure | None = failure
        self.is_quiet = True
        self.closed = False
        self.said = 0

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class Exchange:
    """Opens the given connections in turn, and talks on each."""

    def __init__(self, *lines: Line) -> None:
        self.kept: Kept[Line] = Kept()
        self.lines = list(lines)

    def run(self, seconds: float = 10) -> int:
        """Make one exchange."""
        return run(self.kept.exchange(self._connect, self._talk, monotonic() + seconds))

    def _connect(self, until: float) -> Steps[Line]:
        assert until > monotonic()
        yield from ()
        return self.lines.pop(0)

    def _talk(self, line: Line, until: float) -> Steps[int]:
        assert until > monotonic()
        yield from ()
        if line.failure is not None:
            raise ConnectionFailedError(line.failure, "as told")
        line.said += 1
        return line.said


def test_a_connection_is_opened_once_and_used_again() -> None:
    """The second exchange uses the connection of the first."""
    exchange = Exchange(Line())
    assert (exchange.run(), exchange.run()) == (1, 2)


@pytest.mark.parametrize("failure", ["closed", "timeout", "tls"])
def test_a_kept_connection_that_has_died_is_replaced_once(failure: Failure) -> None:
    """The exchange succeeds on a new connection; the dead one is closed."""
    first, second = Line(), Line()
    exchange = Exchange(first, second)
    exchange.run()
    first.failure = failure
    assert exchange.run() == 1
    assert (first.closed, second.closed) == (True, False)


def test_a_kept_connection_on_which_something_came_unasked_is_replaced_unused() -> None:
    """The end of a stream, or an answer too many, is not mistaken for the answer to the next question."""
    first, second = Line(), Line()
    exchange = Exchange(first, second)
    exchange.run()
    first.is_quiet = False
    assert exchange.run() == 1
    assert (first.closed, first.said) == (True, 1)


def test_a_second_failure_is_the_answer() -> None:
    """There is one retry, not a loop, and what failed is not kept."""
    first, second, third = Line(), Line("closed"), Line()
    exchange = Exchange(first, second, third)
    exchange.run()
    first.failure = "closed"
    with pytest.raises(ConnectionFailedError):
        exchange.run()
    assert (first.closed, second.closed, exchange.lines) == (True, True, [third])


def test_an_answer_that_is_an_error_is_not_asked_for_again() -> None:
    """An engine that answers is alive: its refusal is the result."""
    first, second = Line(), Line()
    exchange = Exchange(first, second)
    exchange.run()
    first.failure = "authentication"
    with pytest.raises(ConnectionFailedError):
        exchange.run()
    assert (first.closed, exchange.lines) == (True, [second])


def test_a_new_connection_that_fails_is_not_retried() -> None:
    """Only what was kept may have died in between."""
    first, second = Line("closed"), Line()
    exchange = Exchange(first, second)
    with pytest.raises(ConnectionFailedError):
        exchange.run()
    assert exchange.lines == [second]


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Return a socket that never has anything to read."""
    one, other = socket.socketpair()
    with one, other:
        yield one


def test_a_connection_idle_for_long_leaves_time_to_replace_it(
    monkeypatch: pytest.MonkeyPatch, silent: socket.socket
) -> None:
    """After idling, a silent connection gets half of the time and a new one the rest."""
    monkeypatch.setattr(kept_module, "IDLE_SECONDS", 0.0)
    kept: Kept[Line] = Kept()
    old, new = Line(), Line()
    kept.put(old)

    def talk(line: Line, until: float) -> Steps[Line]:
        if line is old:
            yield silent.fileno(), READ, until
        return line

    def connect(_: float) -> Steps[Line]:
        yield from ()
        return new

    assert run(kept.exchange(connect, talk, monotonic() + 0.2)) is new


def test_the_retry_shares_the_deadline_of_the_first_attempt(silent: socket.socket) -> None:
    """A connection used just now gets all of the time, and there is none left for another."""
    kept: Kept[Line] = Kept()
    kept.put(Line())

    def talk(_: Line, until: float) -> Steps[None]:
        yield silent.fileno(), READ, until

    def connect(_: float) -> Steps[Line]:
        raise AssertionError("there was no time left to connect")

    with pytest.raises(DeadlineExceededError):
        run(kept.exchange(connect, talk, monotonic() + 0.05))


def test_a_fork_does_not_use_its_parents_connection() -> None:
    """A child opens its own connection and leaves the parent's alone."""
    line = Line()
    exchange = Exchange(line, Line())
    exchange.run()
    child = os.fork()
    if child == 0:
        os._exit(0 if exchange.run() == 1 and not line.closed and line.said == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert exchange.run() == 2


def test_closing_closes_what_is_kept() -> None:
    """After closing, the next exchange opens a new connection."""
    first = Line()
    exchange = Exchange(first, Line())
    exchange.run()
    exchange.kept.close()
    assert first.closed
    assert exchange.run() == 1
