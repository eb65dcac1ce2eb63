"""Whether a deployed stage answers: GET /health at its public address."""

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from infra.errors import InfraError

from .screen import Say

PATIENCE = 180.0
"""Seconds until it must be healthy: names and permissions that are new take up to minutes to be known everywhere."""
INTERVAL = 5.0
_ANSWER_SECONDS = 35
"""How long an answer may take; an HTTP API gives up after 30."""


class NotHealthyError(InfraError):
    """A stage is deployed, and does not answer as it should.

    Attributes:
        url: where it was asked.
    """

    def __init__(self, url: str, seconds: float, stage: str) -> None:
        super().__init__(
            f"{url} was not healthy within {seconds:.0f} s; it is deployed all the same: see the answer above, and "
            f"`nox -s logs -- {stage}`"
        )
        self.url = url


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or why there was none.

    Attributes:
        body: what was answered, or what is wrong.
        healthy: whether it says so.
    """

    body: str
    healthy: bool


def await_health(stage: str, api_url: str, say: Say, *, patience: float = PATIENCE, interval: float = INTERVAL) -> None:
    """Ask /health until the stage is healthy, and show the answer as the last line.

    Args:
        stage: the stage, for what is said.
        api_url: the address of the API.
        say: takes lines.
        patience: seconds until it must be.
        interval: seconds between two tries.

    Raises:
        NotHealthyError: it was not; the last answer was shown.
    """
    url = f"{api_url.rstrip('/')}/health"
    say(f"asking {url}")
    until = time.monotonic() + patience
    while not (answer := _asked(url)).healthy and time.monotonic() < until:
        time.sleep(interval)
    say(answer.body)
    if not answer.healthy:
        raise NotHealthyError(url, patience, stage)


def _asked(url: str) -> Answer:
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as response:  # noqa: S310  # the stack's own output
            body = response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.read().decode(errors="replace") or str(error), healthy=False)
    except (OSError, http.client.HTTPException) as error:  # no name yet, nobody there, garbage
        return Answer(f"no answer: {error}", healthy=False)
    return Answer(body, healthy=_says_so(body))


def _says_so(body: str) -> bool:
    try:
        return json.loads(body)["status"] == "healthy"
    except (ValueError, KeyError, TypeError):
        return False
