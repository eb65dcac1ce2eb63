"""The Lambda Runtime API, as bare as it can be: what is measured shall be the function.

The local stage's own serves many environments at once and checks what it gets; that costs more than a warm floor
takes. This one serves one runtime, blocks, and takes the time at the socket.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from local.aws import ACCOUNT, REGION

from .errors import RuntimeBrokenError

_LOOPBACK: Final = "127.0.0.1"
_HEADER_END = b"\r\n\r\n"
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
_FUNCTION_SECONDS = 30
_LOOK_SECONDS = 0.25
"""How often it is looked whether the process is still there, while it says nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the runtime.

    Attributes:
        target: the path.
        body: the body.
        at: when it was there whole (`time.perf_counter`).
    """

    target: str
    body: bytes
    at: float


class RuntimeApi:
    """A Runtime API for one process of a runtime."""

    def __init__(self, ended: Callable[[], bool]) -> None:
        """Listen; `ended` tells whether the process has ended, so that nobody waits for it in vain."""
        self._ended = ended
        self._listener = socket.create_server((_LOOPBACK, 0))
        self._connections: list[socket.socket] = []
        self._waiting: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for held in (self._listener, *self._connections):
            held.close()

    @property
    def address(self) -> str:
        """What `AWS_LAMBDA_RUNTIME_API` is set to."""
        return f"{_LOOPBACK}:{self._listener.getsockname()[1]}"

    def await_next(self, seconds: float) -> float:
        """Wait until the runtime asks for its next event; return when it did (`time.perf_counter`).

        Raises:
            RuntimeBrokenError: it reported an error, or did not ask in time.
        """
        connection, asked = self._receive(seconds)
        if not asked.target.endswith("/invocation/next"):
            raise RuntimeBrokenError(f"the runtime reported {asked.body.decode()} to {asked.target}")
        self._waiting = connection
        return asked.at

    def exchange(self, event: bytes, seconds: float) -> tuple[float, bytes]:
        """Hand over an event to the runtime that waits for one.

        Returns:
            The seconds until the response was there, and the response.

        Raises:
            RuntimeBrokenError: it answered with an error, or not in time.
        """
        connection, self._waiting = self._waiting, None
        if connection is None:
            raise RuntimeBrokenError("the runtime has not asked for an event")
        message = _next_response(event)
        began = time.perf_counter()
        connection.sendall(message)
        connection, asked = self._receive(seconds)
        connection.sendall(_ACCEPTED)
        if not asked.target.endswith("/response"):
            raise RuntimeBrokenError(f"the handler failed: {asked.body.decode()}")
        return asked.at - began, asked.body

    def _receive(self, seconds: float) -> tuple[socket.socket, Asked]:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            sockets = select.select([self._listener, *self._connections], [], [], min(left, _LOOK_SECONDS))[0]
            if not sockets and self._ended():
                raise RuntimeBrokenError("the process ended")
            for ready in sockets:
                if ready is self._listener:
                    accepted = self._listener.accept()[0]
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    accepted.settimeout(seconds)
                    self._connections.append(accepted)
                elif asked := _read(ready):
                    return ready, asked
                else:
                    ready.close()
                    self._connections.remove(ready)
        raise RuntimeBrokenError(f"the runtime said nothing for {seconds:g} s")


def _read(connection: socket.socket) -> Asked | None:
    """Read one request; None when the runtime closed the connection."""
    received = b""
    while _HEADER_END not in received:
        data = connection.recv(65536)
        if not data:
            return None
        received += data
    head, _, body = received.partition(_HEADER_END)
    size = next((int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0)
    while len(body) < size:
        body += connection.recv(65536)
    return Asked(head.split(b" ", 2)[1].decode(), body, time.perf_counter())


def _next_response(event: bytes) -> bytes:
    deadline = int((time.time() + _FUNCTION_SECONDS) * 1000)
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Lambda-Runtime-Aws-Request-Id: {_REQUEST_ID}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:{REGION}:{ACCOUNT}:function:health\r\n"
        f"Content-Length: {len(event)}\r\n\r\n"
    )
    return head.encode() + event
