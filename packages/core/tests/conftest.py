"""Fixtures of core's tests."""

import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from core.connections import opensearch, postgres, redis

Script = Callable[[socket.socket], object]
"""What a server does on one connection."""


@pytest.fixture(autouse=True)
def _no_connection_outlives_its_test() -> Iterator[None]:
    yield
    for engine in (postgres, redis, opensearch):
        engine.close_connections()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return a certificate authority of the tests' own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the PEM file of the authority's root."""
    file: Path = tmp_path_factory.mktemp("roots") / "root.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[..., int]]:
    """Return a function that starts a server and returns its port.

    Each connection is given to the next of the scripts, over TLS with a certificate for `name` if one is given.
    """
    listeners: list[socket.socket] = []
    with ThreadPoolExecutor() as threads:

        def start(*scripts: Script, name: str | None = None) -> int:
            listener = socket.create_server(("127.0.0.1", 0))
            listeners.append(listener)
            threads.submit(_serve, listener, scripts, _context(authority, name))
            return int(listener.getsockname()[1])

        yield start
        for listener in listeners:
            # Closing does not wake a thread that accepts; a connection does.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()


def _context(authority: trustme.CA, name: str | None) -> ssl.SSLContext | None:
    if name is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert(name)
    with certificate.private_key_and_cert_chain_pem.tempfile() as file:
        context.load_cert_chain(file)
    return context


def _serve(listener: socket.socket, scripts: tuple[Script, ...], context: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        for script in scripts:
            accepted, _ = listener.accept()
            accepted.settimeout(10)
            with suppress(OSError), context.wrap_socket(accepted, server_side=True) if context else accepted as sock:
                script(sock)
