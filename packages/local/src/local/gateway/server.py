"""Serves the gateway in the event loop of the dev command, on loopback only."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from local.errors import LocalError

from .app import Gateway

_HOST = "127.0.0.1"
_GRACE = 1
"""Seconds that running requests have when the gateway stops."""


class PortTakenError(LocalError):
    """Another program listens on the gateway's port.

    Attributes:
        port: the port.
    """

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(f"the gateway can't listen on {_HOST}:{port}: {reason}")
        self.port = port


@asynccontextmanager
async def serve(gateway: Gateway, port: int = 0) -> AsyncGenerator[int]:
    """Serve the gateway while the block runs; give the port it listens on.

    Args:
        gateway: the gateway.
        port: the port; 0 for a free one.

    Raises:
        PortTakenError: the port can't be listened on.
    """
    from uvicorn import Config, Server  # noqa: PLC0415  100 ms and more: it is loaded when it is needed

    class Quiet(Server):
        """A server that leaves signals to the program it runs in."""

        @contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    with _listen(port) as listener:
        config = Config(
            gateway,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
        )
        server = Quiet(config)
        running = asyncio.create_task(server.serve([listener]))
        try:
            # Who connects before the server is up waits in the listener's backlog.
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortTakenError(port, error.strerror or str(error)) from error
    return listener
