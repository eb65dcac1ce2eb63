"""The port of a proxy: held in every mode, and listened on as the mode asks."""

import select
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_WAITING = 256
"""Connections that may wait to be accepted while the proxy serves."""

_PATIENCE = 0.25
"""Seconds after which a connection on loopback counts as one that will not complete."""

_MOST_FILLERS = 32
"""A backlog of one holds two connections on Linux and a few more on macOS."""


class Port:
    """A port of loopback that is always bound, and that listens, is full, or does neither.

    A bound socket that does not listen refuses connections, and keeps the port from anyone else.

    Attributes:
        number: the port, the same all the time.
        socket: the one to accept on while the port is open.
    """

    def __init__(self) -> None:
        self.socket = _bind(0)
        self.number: int = self.socket.getsockname()[1]
        self._fillers: list[socket.socket] = []
        self._open = False

    def open(self) -> None:
        """Listen; connections that wait already go on waiting."""
        if not self._open:
            self._renew()
            self.socket.listen(_WAITING)
            self._open = True

    def refuse(self) -> None:
        """Listen no more."""
        self._renew()

    def fill(self) -> None:
        """Listen with a queue that is full, and stays full because nobody accepts.

        Raises:
            OSError: this system lets connections complete all the same.
        """
        self._renew()
        self.socket.listen(1)  # zero means "the most there may be" to macOS
        for _ in range(_MOST_FILLERS):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._fillers.append(filler)
            filler.settimeout(0)
            filler.connect_ex((LOOPBACK, self.number))
            if not select.select([], [filler], [], _PATIENCE)[1]:
                return
        raise OSError(f"{_MOST_FILLERS} connections completed on a backlog of one")

    def close(self) -> None:
        """Give the port up."""
        for held in (self.socket, *self._fillers):
            held.close()
        self._fillers = []
        self._open = False

    def _renew(self) -> None:
        self.close()
        self.socket = _bind(self.number)


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.settimeout(0)
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound
