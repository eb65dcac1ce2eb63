"""Lambda's own records in a function's log, in its JSON format (Telemetry API, event schema 2022-12-13)."""

import json
import math
from datetime import UTC, datetime
from typing import Literal

from .variables import VERSION

Status = Literal["success", "error", "failure", "timeout"]
"""`error`: the handler raised; `failure`: the process ended."""


def start(request_id: str) -> str:
    """Return the record of an invocation's start."""
    return _record("platform.start", {"requestId": request_id, "version": VERSION})


def report(  # noqa: PLR0913  the record's own fields
    request_id: str,
    *,
    status: Status,
    duration_ms: float,
    init_ms: float | None,
    memory_mb: int,
    used_mb: int | None,
) -> str:
    """Return the record of an invocation's end.

    Args:
        request_id: the invocation's id.
        status: how it ended.
        duration_ms: milliseconds from the event to the answer.
        init_ms: milliseconds of the init, if this invocation caused one.
        memory_mb: the memory that the function is given.
        used_mb: the most it was seen to use; None where its process has ended.
    """
    metrics: dict[str, float] = {
        "durationMs": round(duration_ms, 3),
        "billedDurationMs": math.ceil(duration_ms),
        "memorySizeMB": memory_mb,
    }
    if used_mb is not None:
        metrics["maxMemoryUsedMB"] = used_mb
    if init_ms is not None:
        metrics["initDurationMs"] = round(init_ms, 3)
    return _record("platform.report", {"requestId": request_id, "metrics": metrics, "status": status})


def init_report(*, status: Status, duration_ms: float) -> str:
    """Return the record of an init that failed; of one that succeeded, the first invocation's report tells."""
    record: dict[str, object] = {
        "initializationType": "on-demand",
        "phase": "init",
        "status": status,
        "metrics": {"durationMs": round(duration_ms, 3)},
    }
    return _record("platform.initReport", record)


def _record(kind: str, record: dict[str, object]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": time, "type": kind, "record": record})
