"""What stands for RDS Proxy with end-to-end IAM: TLS, a token in place of a password, a secret of its own behind it.

It takes a token for what it is by the host, the port, the user and the key in it; that core signs it rightly is held to
botocore in core's tests. What it refuses with are the messages that AWS documents.
"""

import os
import select
import socket
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Self
from urllib.parse import parse_qs, urlsplit

import trustme
from psycopg import pq
from psycopg.conninfo import make_conninfo

from core import Iam, Postgres
from core.connections.sign_in import password

REFUSED = "The IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
NO_SECRET = "This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."

_SSL_REQUEST = 80877103
_PARAMETERS = ("server_version", "server_encoding", "client_encoding", "DateStyle", "standard_conforming_strings")


class RdsProxy:
    """A proxy before one database; it serves while its context is open.

    Attributes:
        link: the database through it, as the master by IAM.
        refusals: with what the next connections are refused, in turn, however good the token is.
        tokens: how many tokens it has been given.
    """

    def __init__(self, behind: Postgres, authority: trustme.CA, ca_file: str, key: str) -> None:
        self._behind, self._key = behind, key
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with authority.issue_cert("localhost").private_key_and_cert_chain_pem.tempfile() as file:
            self._context.load_cert_chain(file)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = int(self._listener.getsockname()[1])
        self.link = replace(behind, host="localhost", port=port, auth=Iam(), ca_file=ca_file)
        self.refusals: list[str] = []
        self.tokens = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[accepted], daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted, suppress(OSError, EOFError):
            (number,) = struct.unpack("!4xi", _exactly(accepted, 8))
            assert number == _SSL_REQUEST, "a client without TLS"
            accepted.sendall(b"S")
            with self._context.wrap_socket(accepted, server_side=True) as client:
                self._talk(client)

    def _talk(self, client: ssl.SSLSocket) -> None:
        (size,) = struct.unpack("!i", _exactly(client, 4))
        words = _exactly(client, size - 4)[4:].decode().split("\0")
        startup = dict(zip(words[::2], words[1::2], strict=False))
        client.sendall(_message(b"R", struct.pack("!i", 3)))  # a password in clear: the token
        (size,) = struct.unpack("!xi", _exactly(client, 5))
        refused = self._refusal(_exactly(client, size - 4).rstrip(b"\0").decode(), startup["user"])
        if refused is not None:
            fields = f"SFATAL\0VFATAL\0C28000\0M{refused}\0\0"
            client.sendall(_message(b"E", fields.encode()))
            return
        self._relay(client, startup["database"])

    def _refusal(self, token: str, user: str) -> str | None:
        self.tokens += 1
        if self.refusals:
            return self.refusals.pop(0).format(user=user)
        url = urlsplit(f"https://{token}")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        rightly = url.netloc == f"localhost:{self.link.port}" and query["DBUser"] == user
        signed = query["X-Amz-Credential"].startswith(f"{self._key}/") and len(query["X-Amz-Signature"]) == 64
        return None if rightly and signed and user == self._behind.user else REFUSED.format(user=user)

    def _relay(self, client: ssl.SSLSocket, database: str) -> None:
        """Sign in to the server with the secret, and pass everything on from there."""
        secret = make_conninfo(
            host=self._behind.host,
            port=self._behind.port,
            user=self._behind.user,
            password=password(self._behind),
            dbname=database,
            client_encoding="UTF8",
        )
        server = pq.PGconn.connect(secret.encode())
        try:
            settings = [(name, server.parameter_status(name.encode()) or b"") for name in _PARAMETERS]
            status = [_message(b"S", name.encode() + b"\0" + value + b"\0") for name, value in settings]
            ready = [_message(b"R", bytes(4)), *status, _message(b"K", bytes(8)), _message(b"Z", b"I")]
            client.sendall(b"".join(ready))
            with socket.socket(fileno=os.dup(server.socket)) as upstream:
                upstream.settimeout(None)
                _pass_on(client, upstream)
        finally:
            server.finish()


def _pass_on(client: ssl.SSLSocket, server: socket.socket) -> None:
    while True:
        # What TLS has read ahead is nothing that can be waited for.
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for source in ready:
            data = source.recv(65_536)
            if not data:
                return
            (server if source is client else client).sendall(data)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content
