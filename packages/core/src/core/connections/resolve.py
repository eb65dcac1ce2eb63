"""Name resolution that can be abandoned: the system's resolver has no deadline, so it runs in a thread."""

import os
import socket
from threading import Lock, Thread

from core.errors import ConnectionFailedError

from .steps import READ, Steps

Address = tuple[socket.AddressFamily, str]
"""An address family and a numeric address in it."""


def resolve(host: str, until: float) -> Steps[list[Address]]:
    """Return the addresses of a host, at least one, in the order the system prefers.

    A numeric address costs nothing. A look-up still under way for the same host is joined, so that a dead name
    server does not pile up threads.

    Raises:
        ConnectionFailedError: there is none (`resolution`), or not in time (`timeout`).
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [(family, host)]
    return (yield from _LookUp.of(host).wait(until))


class _LookUp:
    """One look-up under way, and those who wait for it."""

    _under_way: dict[str, "_LookUp"] = {}  # noqa: RUF012  # shared on purpose, guarded by _lock
    _lock = Lock()

    def __init__(self, host: str) -> None:
        self.host = host
        self.pid = os.getpid()
        self.addresses: list[Address] = []
        self.reason = ""
        self.done = False
        self.wakers: list[socket.socket] = []

    @classmethod
    def of(cls, host: str) -> "_LookUp":
        with cls._lock:
            known = cls._under_way.get(host)
            # A fork takes the table along, but not the thread that would answer.
            if known is None or known.pid != os.getpid():
                known = cls(host)
                Thread(target=known.run, name=f"resolve {host}", daemon=True).start()
                cls._under_way[host] = known  # it can't be done before: it needs the lock for that
            return known

    def run(self) -> None:
        try:
            found = socket.getaddrinfo(self.host, None, type=socket.SOCK_STREAM)
            self.addresses = [(family, str(address[0])) for family, _, _, _, address in found]
        except (OSError, UnicodeError) as error:
            self.reason = str(error)
        with self._lock:
            self.done = True
            self._under_way.pop(self.host, None)
            for waker in self.wakers:
                waker.close()

    def wait(self, until: float) -> Steps[list[Address]]:
        listener, waker = socket.socketpair()
        try:
            with self._lock:
                if self.done:
                    waker.close()
                else:
                    self.wakers.append(waker)
            yield listener.fileno(), READ, until
        finally:
            listener.close()
            with self._lock:
                waker.close()
                if waker in self.wakers:
                    self.wakers.remove(waker)
        if not self.addresses:
            raise ConnectionFailedError("resolution", f"{self.host} has no address: {self.reason}")
        return self.addresses
