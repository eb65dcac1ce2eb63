"""S3: moto's server. It keeps its objects in memory, so that they are gone when it stops.

It is of the checkout's own Python, as the functions are, and therefore runs as whoever runs them: `nobody` might
reach neither the checkout nor the interpreter.
"""

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from local.artifacts import DownloadProgress

from . import probes
from .environment import environment
from .processes import Command
from .site import Site

_MODULE = "moto.server"
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """An S3 server.

    Attributes:
        site: where it lives.
        buckets: the buckets to have.
    """

    site: Site
    buckets: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 60.0

    def prepare(self, progress: DownloadProgress) -> Command:  # noqa: ARG002 - it is installed already
        """See `Definition`."""
        folder = self.site.folder
        return Command(
            arguments=(sys.executable, "-I", "-m", _MODULE, "-H", "127.0.0.1", "-p", str(self.site.port)),
            # Without them moto would look for the developer's.
            environment=environment(folder) | {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"},
            folder=folder,
        )

    def is_ready(self) -> bool:
        """Make the buckets, as the first thing that it serves; see `Definition`."""
        wanted = [("PUT", f"/{bucket}") for bucket in self.buckets]
        wanted.append(("GET", "/"))  # without a bucket too, something must answer
        return all(probes.request(self.site.port, method, path)[0] == _OK for method, path in wanted)

    def stopped(self) -> None:
        """See `Definition`."""

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:  # noqa: ARG002 - Python runs other things too
        """See `Definition`."""
        return _MODULE in arguments
