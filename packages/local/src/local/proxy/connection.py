"""One connection through a proxy: two ends, and the bytes that are on their way between them."""

import functools
import selectors
import socket
import struct
import time
from collections import deque
from collections.abc import Callable

from .modes import Forward, Garbage, Mode

_CHUNK = 256 * 1024
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _End:
    """One socket, and what is to be written to it."""

    def __init__(self, sock: socket.socket, *, connected: bool) -> None:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = sock
        self.outbox: deque[tuple[float, bytes]] = deque()
        """When each piece is due, and its bytes; no bytes is the end of the stream."""
        self.blocked = not connected
        self.ended = False

    def post(self, data: bytes, delay: float = 0.0) -> None:
        """Have data written after a delay in seconds, and after what was posted before."""
        self.outbox.append((time.perf_counter() + delay, data))

    def write(self) -> None:
        """Write the next piece, or as much of it as goes."""
        due, data = self.outbox.popleft()
        if not data:
            self.socket.shutdown(socket.SHUT_WR)
            return
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self.outbox.appendleft((due, data[sent:]))
            self.blocked = True


class Connection:
    """A client, and the upstream that it is connected to.

    There is no upstream when the proxy only pretends to be one, nor once a byte was swallowed: a stream with a
    hole is never passed on.

    Attributes:
        closed: whether it is over.
    """

    def __init__(
        self,
        client: socket.socket,
        upstream: tuple[str, int],
        *,
        mode: Callable[[], Mode],
        selector: selectors.BaseSelector,
    ) -> None:
        self._mode = mode
        self._selector = selector
        self._client = _End(client, connected=True)
        self._upstream: _End | None = None
        self.closed = False
        if isinstance(mode(), Forward):
            self._upstream = _End(socket.socket(socket.AF_INET, socket.SOCK_STREAM), connected=False)
            self._upstream.socket.connect_ex(upstream)
        for end in self._ends():
            self._watch(end)

    @property
    def due(self) -> float | None:
        """When the next piece is to be written; None while nothing waits, or nothing can be written."""
        return min((end.outbox[0][0] for end in self._ends() if end.outbox and not end.blocked), default=None)

    def write_due(self) -> None:
        """Write every piece that is due."""
        now = time.perf_counter()
        try:
            for end in self._ends():
                while end.outbox and not end.blocked and end.outbox[0][0] <= now:
                    end.write()
                    self._watch(end)
        except OSError:
            self.reset()
            return
        if self._upstream and all(end.ended and not end.outbox for end in self._ends()):
            self.reset()

    def swallow_pending(self) -> None:
        """Lose what is on its way, and with it the upstream."""
        if any(end.outbox for end in self._ends()):
            self._lose_upstream()

    def reset(self) -> None:
        """Close both ends at once; a peer that is still there sees a reset."""
        if not self.closed:
            self.closed = True
            for end in self._ends():
                self._close(end)

    def _ends(self) -> tuple[_End, ...]:
        return (self._client,) if self._upstream is None else (self._client, self._upstream)

    def _lose_upstream(self) -> None:
        self._client.outbox.clear()
        if self._upstream is not None:
            self._close(self._upstream)
            self._upstream = None

    def _close(self, end: _End) -> None:
        if end.socket in self._selector.get_map():
            self._selector.unregister(end.socket)
        end.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        end.socket.close()

    def _watch(self, end: _End) -> None:
        """Wait for what the end has to read, and for room when a piece did not fit."""
        events = (0 if end.ended else selectors.EVENT_READ) | (selectors.EVENT_WRITE if end.blocked else 0)
        key = self._selector.get_map().get(end.socket)
        if key is not None and key.events != events:
            self._selector.unregister(end.socket)
            key = None
        if key is None and events:
            self._selector.register(end.socket, events, functools.partial(self._serve, end))

    def _serve(self, end: _End, mask: int) -> None:
        if end.socket.fileno() == -1:  # closed by an earlier event of the same round
            return
        if mask & selectors.EVENT_WRITE:
            end.blocked = False
            self._watch(end)
        if mask & selectors.EVENT_READ:
            self._read(end)

    def _read(self, end: _End) -> None:
        try:
            data = end.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self.reset()
            return
        if not isinstance(self._mode(), Forward):
            self._lose_upstream()
        if self._upstream is not None:
            self._pass_on(end, data, self._upstream)
        elif end is self._client:
            self._pretend(data)

    def _pass_on(self, end: _End, data: bytes, upstream: _End) -> None:
        if not data:
            end.ended = True
            self._watch(end)
        mode = self._mode()
        if end is self._client:
            upstream.post(data)
        else:
            self._client.post(data, mode.delay if isinstance(mode, Forward) else 0.0)

    def _pretend(self, data: bytes) -> None:
        mode = self._mode()
        if not data:
            self.reset()
        elif isinstance(mode, Garbage):
            self._client.post(mode.answer)
