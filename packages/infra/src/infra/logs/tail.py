"""Following a log group by asking for what is new.

Live Tail of CloudWatch Logs would send events by itself, and is billed by the minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.deployed import NotDeployedError

_LATE = 15_000
"""Milliseconds by which an event may appear after later ones: streams of several environments are not in step."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A line of a log.

    Attributes:
        time: milliseconds since 1970, as its writer says.
        function: the function's name in the manifest.
        text: the line.
    """

    time: int
    function: str
    text: str


class Tail:
    """What was seen of the log of a function."""

    def __init__(self, clients: Clients, *, stage: str, function: str, group: str, since: int) -> None:
        """Follow a log group.

        Args:
            clients: AWS, in the stage's region.
            stage: the stage's name.
            function: the function's name in the manifest.
            group: the log group's name.
            since: milliseconds since 1970: what is older is left out.
        """
        self._clients = clients
        self._stage = stage
        self._function = function
        self._group = group
        self._from = since
        self._newest = since
        self._seen: dict[str, int] = {}

    def new(self) -> Iterator[Event]:
        """Yield the events that have come since the last time, in the order that AWS gives them.

        Raises:
            NotDeployedError: there is no such log group.
            ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
        """
        pages = self._clients.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self._group, startTime=max(self._from, self._newest - _LATE)
        )
        try:
            for page in pages:
                for event in page["events"]:
                    id_, time = event.get("eventId", ""), event.get("timestamp", 0)
                    if id_ not in self._seen:
                        self._seen[id_] = time
                        yield Event(time, self._function, event.get("message", ""))
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            raise NotDeployedError(self._stage, f"there is no log group {self._group}") from error
        self._forget()

    def _forget(self) -> None:
        self._newest = max(self._seen.values(), default=self._newest)
        self._seen = {id_: time for id_, time in self._seen.items() if time >= self._newest - _LATE}
