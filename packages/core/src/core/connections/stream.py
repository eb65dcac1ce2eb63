"""A TCP or TLS connection that is used in steps, and what of a protocol is the same for all: lines, exact lengths."""

import socket
from errno import ECONNREFUSED, EHOSTUNREACH, EINPROGRESS, ENETUNREACH
from os import strerror
from ssl import SSLContext, SSLError, SSLSocket, SSLWantReadError, SSLWantWriteError, create_default_context

from core.errors import ConnectionFailedError, Failure

from .resolve import Address, resolve
from .steps import READ, WRITE, Steps, readable

_CHUNK = 65_536

_CONTEXTS: dict[str, SSLContext] = {}


class Stream:
    """A connected socket with a buffer of what was received and not yet read."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was received that nobody asked for: the stream's end, or an answer too many."""
        return not self._buffer and not readable(self._sock.fileno())

    def close(self) -> None:
        """Close the connection without a word to the other side."""
        self._sock.close()

    def send(self, data: bytes, until: float) -> Steps[None]:
        """Send all of `data`.

        Raises:
            ConnectionFailedError: the connection broke (`closed`).
        """
        view = memoryview(data)
        while view:
            try:
                view = view[self._sock.send(view) :]
            except (BlockingIOError, SSLWantWriteError):
                yield self._sock.fileno(), WRITE, until
            except SSLWantReadError:
                yield self._sock.fileno(), READ, until
            except OSError as error:
                raise _failed(error, "sending") from error

    def line(self, limit: int, until: float) -> Steps[bytes]:
        """Return the next line without its CR LF (or LF).

        Raises:
            ConnectionFailedError: it is longer than `limit` bytes (`protocol`), or the stream ended (`closed`).
        """
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) <= limit:
            yield from self._fill(until)
        if not 0 <= end <= limit:
            raise ConnectionFailedError("protocol", f"a line of over {limit} bytes was answered")
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        return line.removesuffix(b"\r")

    def exactly(self, size: int, until: float) -> Steps[bytes]:
        """Return the next `size` bytes.

        Raises:
            ConnectionFailedError: the stream ended before (`closed`).
        """
        while len(self._buffer) < size:
            yield from self._fill(until)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def rest(self, limit: int, until: float) -> Steps[bytes]:
        """Return everything up to the end of the stream.

        Raises:
            ConnectionFailedError: it is more than `limit` bytes (`protocol`).
        """
        while len(self._buffer) <= limit:
            chunk = yield from self._receive(until)
            if not chunk:
                data, self._buffer = self._buffer, b""
                return data
            self._buffer += chunk
        raise ConnectionFailedError("protocol", f"over {limit} bytes were answered")

    def _fill(self, until: float) -> Steps[None]:
        chunk = yield from self._receive(until)
        if not chunk:
            raise ConnectionFailedError("closed", "the server closed the connection")
        self._buffer += chunk

    def _receive(self, until: float) -> Steps[bytes]:
        # Asking before there is anything would cost a system call and an exception each time; TLS reads ahead.
        if not (isinstance(self._sock, SSLSocket) and self._sock.pending()):
            yield self._sock.fileno(), READ, until
        while True:
            try:
                return self._sock.recv(_CHUNK)
            except (BlockingIOError, SSLWantReadError):
                yield self._sock.fileno(), READ, until
            except SSLWantWriteError:
                yield self._sock.fileno(), WRITE, until
            except OSError as error:
                raise _failed(error, "receiving") from error


def connect(host: str, port: int, ca_file: str | None, until: float) -> Steps[Stream]:
    """Connect to a host, over TLS verified against the roots in `ca_file` where that is given.

    The addresses of the host are tried in turn within the one deadline.

    Raises:
        ConnectionFailedError: no address could be connected to; it is the last one's failure.
    """
    addresses = yield from resolve(host, until)
    for address in addresses[:-1]:
        try:
            sock = yield from _connect_tcp(address, port, until)
            break
        except ConnectionFailedError as error:
            if error.failure == "timeout":
                raise
    else:
        sock = yield from _connect_tcp(addresses[-1], port, until)
    if ca_file is None:
        return Stream(sock)
    return Stream((yield from _handshake(sock, host, ca_file, until)))


def _connect_tcp(address: Address, port: int, until: float) -> Steps[socket.socket]:
    family, numeric = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        problem = sock.connect_ex((numeric, port))
        if problem == EINPROGRESS:
            yield sock.fileno(), WRITE, until
            problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            raise _failed(OSError(problem, strerror(problem)), "connecting")
    except BaseException:
        sock.close()
        raise
    return sock


def _handshake(sock: socket.socket, host: str, ca_file: str, until: float) -> Steps[SSLSocket]:
    try:
        secure = _context(ca_file).wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        sock.close()
        raise
    try:
        while True:
            try:
                secure.do_handshake()
            except SSLWantReadError:
                yield secure.fileno(), READ, until
            except SSLWantWriteError:
                yield secure.fileno(), WRITE, until
            except OSError as error:
                raise _failed(error, "the TLS handshake") from error
            else:
                return secure
    except BaseException:
        secure.close()
        raise


def _context(ca_file: str) -> SSLContext:
    """Return the context for a file of roots; reading one costs milliseconds, so it is kept."""
    known = _CONTEXTS.get(ca_file)
    if known is None:
        try:
            known = _CONTEXTS[ca_file] = create_default_context(cafile=ca_file)
        except OSError as error:
            raise ConnectionFailedError("configuration", f"the roots in {ca_file} can't be read: {error}") from error
    return known


_FAILURES: dict[int | None, Failure] = {
    ECONNREFUSED: "refused",
    EHOSTUNREACH: "unreachable",
    ENETUNREACH: "unreachable",
}


def _failed(error: OSError, during: str) -> ConnectionFailedError:
    failure: Failure = "tls" if isinstance(error, SSLError) else _FAILURES.get(error.errno, "closed")
    return ConnectionFailedError(failure, f"{during} failed: {error}")
