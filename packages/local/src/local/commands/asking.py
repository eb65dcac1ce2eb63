"""Asking the running API how the stage is."""

import asyncio
import http.client
import json
from dataclasses import dataclass
from time import monotonic

_PAUSE = 0.05
"""Seconds between two tries."""
_TIMEOUT = 35.0
"""Seconds for one answer: longer than the gateway waits for a function."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What /health answered.

    Attributes:
        status: `healthy`, `degraded` or `unhealthy`; `no answer` where the answer is not a health's.
        body: the body as it came.
    """

    status: str
    body: str


async def healthy(port: int, seconds: float, enough: frozenset[str] = frozenset({"healthy"})) -> Answered:
    """Ask /health until its status is good enough, for `seconds` at most; return the last answer."""
    until = monotonic() + seconds
    while True:
        answered = await asyncio.to_thread(_ask, port)
        if answered.status in enough or monotonic() > until:
            return answered
        await asyncio.sleep(_PAUSE)


def _ask(port: int) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.request("GET", "/health")
        body = connection.getresponse().read().decode()
        return Answered(json.loads(body)["status"], body)
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        return Answered("no answer", f"/health gave no answer: {error}")
    finally:
        connection.close()
