"""The ports of a stage: chosen once, kept, and chosen anew only when someone else has taken one."""

import secrets
import socket
from contextlib import closing
from pathlib import Path

from local.locks import exclusive

from .errors import StageFolderError
from .files import read_object, write_object

LOWEST, HIGHEST = 20_000, 31_999
"""Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections."""
_TRIES = 1000
_TIMEOUT = 0.2
"""Seconds that a listener on this machine may take to accept."""


def claim(stage: Path, name: str) -> int:
    """Return the port that the stage keeps for `name`, after making sure that it is free.

    Args:
        stage: the folder of the stage.
        name: what will listen there: an engine, `api`, `studio`.

    Raises:
        StageFolderError: no port is free.
    """
    file = stage / "ports.json"
    with exclusive(stage / "ports.lock"):
        ports = read_object(file)
        kept = ports.get(name)
        if isinstance(kept, int) and is_free(kept):
            return kept
        port = _choose(stage, {value for value in ports.values() if isinstance(value, int)})
        write_object(file, ports | {name: port})
        return port


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port, on loopback or on every address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        # Connections of a former listener that are being forgotten (TIME_WAIT) do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    # macOS lets us bind beside someone who listens on every address.
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as client:
        client.settimeout(_TIMEOUT)
        try:
            client.connect(("127.0.0.1", port))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        # Linux connects a socket to itself when it happens to be given this very port.
        return client.getsockname() == client.getpeername()


def _choose(stage: Path, used: set[int]) -> int:
    for _ in range(_TRIES):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
        if port not in used and is_free(port):
            return port
    raise StageFolderError(stage, f"{_TRIES} ports between {LOWEST} and {HIGHEST} were tried and all are taken")
