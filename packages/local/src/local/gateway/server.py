"""Serves an ASGI application, the gateway or the studio, in the event loop of a command, on loopback only."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from local.errors import LocalError

_HOST = "127.0.0.1"
_GRACE = 1
"""Seconds that running requests have when the server stops."""

# ASGI's own types, as each application narrows them for itself.
App = Callable[[Any, Any, Any], Awaitable[None]]


class PortTakenError(LocalError):
    """Another program listens on the port.

    Attributes:
        port: the port.
    """

    def __init__(self, what: str, port: int, reason: str) -> None:
        super().__init__(f"{what} can't listen on {_HOST}:{port}: {reason}")
        self.port = port


@asynccontextmanager
async def serve(app: App, port: int = 0, *, what: str = "the gateway") -> AsyncGenerator[int]:
    """Serve an application while the block runs; give the port it listens on.

    Args:
        app: the application.
        port: the port; 0 for a free one.
        what: what it is called, where it can't be served.

    Raises:
        PortTakenError: the port can't be listened on.
    """
    from uvicorn import Config, Server  # noqa: PLC0415  100 ms and more: it is loaded when it is needed

    class Quiet(Server):
        """A server that leaves signals to the program it runs in."""

        @contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    with _listen(what, port) as listener:
        config = Config(
            app,
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


def _listen(what: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortTakenError(what, port, error.strerror or str(error)) from error
    return listener
