"""A server that echoes, and a proxy before it."""

import contextlib
import socketserver
import threading
from collections.abc import Generator
from typing import cast

import pytest

from local.proxy import Proxy


class Echo(socketserver.ThreadingTCPServer):
    """A server that sends back what it gets, and closes when its client has.

    Attributes:
        answered: is released for each answer that was sent.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        self.answered = threading.Semaphore(0)
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return cast("tuple[str, int]", self.server_address)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Echo)
        with contextlib.suppress(ConnectionError):  # the tests cut connections
            while data := self.request.recv(65536):
                self.request.sendall(data)
                self.server.answered.release()


@pytest.fixture
def echo() -> Generator[Echo]:
    """A server that echoes, running."""
    with Echo() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: Echo) -> Generator[Proxy]:
    """A proxy before the echo server."""
    with Proxy(*echo.address) as running:
        yield running
