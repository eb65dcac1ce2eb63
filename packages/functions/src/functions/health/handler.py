"""The handler of `GET /health`."""

import json
import logging
from typing import TypedDict

from core.health import check
from core.invocation import Context, invocation

_log = logging.getLogger(__name__)


class Response(TypedDict):
    """An answer to the HTTP API, payload format 2.0."""

    statusCode: int
    headers: dict[str, str]
    body: str


@invocation
def handler(_event: object, _context: Context) -> Response:
    """Answer how the stage is: 200, or 503 if nothing works."""
    health = check()
    # That it ran is in Lambda's own log records, and what is down is a warning of the check; see docs/health.md.
    _log.debug("health: %s", health["status"], extra={"health": health})
    return {
        "statusCode": 503 if health["status"] == "unhealthy" else 200,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(health),
    }
