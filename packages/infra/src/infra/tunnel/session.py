"""A session that forwards a port."""

import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from core.sdk import Clients

from .plugin import Plugin
from .targets import Target

DOCUMENT: Final = "AWS-StartPortForwardingSessionToRemoteHost"
_GRACE_SECONDS = 5.0
"""How long the plugin has to end."""


@dataclass(frozen=True, slots=True)
class Forward:
    """A port of this machine that leads to a target.

    Attributes:
        port: the port.
        process: the plugin, which listens there.
    """

    port: int
    process: "subprocess.Popen[bytes]"


@contextmanager
def open_session(
    plugin: Plugin, clients: Clients, *, instance: str, target: Target, port: int | None = None
) -> Generator[Forward]:
    """Forward a port of this machine while the block runs; then the session is ended on both sides.

    Args:
        plugin: what forwards.
        clients: AWS, in the stage's region.
        instance: the bastion's instance.
        target: where to.
        port: the port; None for one that is free.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    local = port or _free_port()
    parameters = {"host": [target.host], "portNumber": [str(target.port)], "localPortNumber": [str(local)]}
    answer = clients.ssm.start_session(Target=instance, DocumentName=DOCUMENT, Parameters=parameters)
    session = {name: answer[name] for name in ("SessionId", "StreamUrl", "TokenValue")}
    request = {"Target": instance, "DocumentName": DOCUMENT, "Parameters": parameters}
    try:
        process = plugin.start(
            session, request, region=clients.ssm.meta.region_name, endpoint=clients.ssm.meta.endpoint_url
        )
        try:
            yield Forward(local, process)
        finally:
            _end(process)
    finally:
        clients.ssm.terminate_session(SessionId=answer["SessionId"])


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    """Return a port that is free now; the plugin says so if it is taken before it listens there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
