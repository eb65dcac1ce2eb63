"""The proxy: one thread with a loop of its own, and the orders it takes from other threads."""

import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from .connection import Connection
from .listening import Port
from .modes import Backlog, Forward, Mode, Refuse


class Proxy:
    """A proxy before one server, serving while its context is open, and closed with every connection at its end.

    The loop waits with select(2), whose timeout is in microseconds where that of poll and epoll is in whole
    milliseconds: a delay of 2.5 ms is one. So a process may have 1,024 open files at most.
    """

    def __init__(self, host: str, port: int) -> None:
        """Take a port on loopback; `host` and `port` are those of the server behind it."""
        self._upstream = (host, port)
        self._mode: Mode = Forward()
        self._port = Port()
        self._connections: list[Connection] = []
        self._selector = selectors.SelectSelector()
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake, self._awoken = socket.socketpair()
        self._serving = True
        self._thread = threading.Thread(target=self._serve, name=f"proxy before {host}:{port}", daemon=True)

    def __enter__(self) -> Self:
        self._selector.register(self._awoken, selectors.EVENT_READ, self._obey)
        self._open()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._order(self._stop)
        self._thread.join()
        self._wake.close()

    @property
    def port(self) -> int:
        """The port that the proxy is reached at on 127.0.0.1, the same in every mode."""
        return self._port.number

    @property
    def mode(self) -> Mode:
        """What the proxy does now."""
        return self._mode

    def switch(self, mode: Mode) -> None:
        """Go over to a mode; on return it is in force for every connection, old and new.

        Raises:
            OSError: the system took the port away, or lets connections complete on a full backlog.
        """
        self._order(lambda: self._enter(mode))

    def cut(self) -> None:
        """Reset every open connection, once; the mode stays."""
        self._order(self._reset_all)

    def _order(self, action: Callable[[], None]) -> None:
        """Have the thread do something, and wait until it has."""
        failures: list[OSError] = []
        done = threading.Event()

        def act() -> None:
            try:
                action()
            except OSError as error:
                failures.append(error)
            finally:
                done.set()

        self._orders.put(act)
        self._wake.send(b"\0")
        while not done.wait(1):
            if not self._thread.is_alive():
                raise RuntimeError("the proxy does not run: use it inside its context")
        if failures:
            raise failures[0]

    # What follows runs in the proxy's own thread.

    def _serve(self) -> None:
        while self._serving:
            for key, mask in self._selector.select(self._patience()):
                key.data(mask)
            for connection in self._connections:
                connection.write_due()
            self._connections = [connection for connection in self._connections if not connection.closed]
        self._selector.close()
        self._awoken.close()

    def _patience(self) -> float | None:
        due = min((when for connection in self._connections if (when := connection.due) is not None), default=None)
        return None if due is None else max(0.0, due - time.perf_counter())

    def _obey(self, _mask: int) -> None:
        self._awoken.recv(1)
        self._orders.get()()

    def _enter(self, mode: Mode) -> None:
        self._close()
        self._mode = mode
        match mode:
            case Refuse():
                self._reset_all()
                self._port.refuse()
            case Backlog():
                self._reset_all()
                self._port.fill()
            case _:
                self._open()
        if not isinstance(mode, Forward):
            for connection in self._connections:
                connection.swallow_pending()

    def _open(self) -> None:
        self._port.open()
        self._selector.register(self._port.socket, selectors.EVENT_READ, self._accept)

    def _close(self) -> None:
        """Accept no more, and leave the port as it is."""
        if self._port.socket in self._selector.get_map():
            self._selector.unregister(self._port.socket)

    def _accept(self, _mask: int) -> None:
        try:
            client = self._port.socket.accept()[0]
        except OSError:  # the client is gone again
            return
        connection = Connection(client, self._upstream, mode=lambda: self._mode, selector=self._selector)
        self._connections.append(connection)

    def _reset_all(self) -> None:
        for connection in self._connections:
            connection.reset()
        self._connections = []

    def _stop(self) -> None:
        self._serving = False
        self._close()
        self._reset_all()
        self._port.close()
