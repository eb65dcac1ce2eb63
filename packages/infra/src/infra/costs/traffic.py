"""What is assumed of a stage's use, where its bill depends on that."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A month's use of a stage.

    Attributes:
        requests: requests to the HTTP API, each one invocation.
        seconds: how long an invocation takes.
        nat_gb: GB through the NAT gateways.
        logs_gb: GB of logs written, those of services included.
        files_gb: GB of files kept, and as much read by way of the CDN where there is one.
        file_requests: reads of files; a tenth as many writes.
    """

    requests: int
    seconds: float
    nat_gb: float
    logs_gb: float
    files_gb: float
    file_requests: int


LITTLE: Final = Traffic(requests=100_000, seconds=0.1, nat_gb=5, logs_gb=1, files_gb=5, file_requests=100_000)
"""Little traffic: a team that tries things out."""
