"""Function logs for a person: one line each, from the JSON that a function writes on Lambda."""

import json
from collections.abc import Callable
from typing import Any, cast

from local.runtime import LogLine

_SHORT = 8
"""Characters of a request id that tell requests apart."""
_KNOWN = frozenset({"timestamp", "level", "message", "logger", "requestId", "stackTrace", "errorType", "errorMessage"})


def follow(write: Callable[[str], None], only: frozenset[str] = frozenset()) -> Callable[[LogLine], None]:
    """Return what takes log lines and writes them readably.

    Args:
        write: writes one line.
        only: the functions whose log is wanted; empty for all.
    """

    def on_log(line: LogLine) -> None:
        if not only or line.function in only:
            text = readable(line)
            if text:
                write(text)

    return on_log


def readable(line: LogLine) -> str:
    """Return a line for a person; empty where it says nothing that another line does not."""
    request = (line.request_id or "init")[:_SHORT]
    try:
        record: object = json.loads(line.text)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        return f"{line.function} {request} {line.text}"
    values = cast("dict[str, Any]", record)
    text = _platform(values) if line.source == "platform" else _logged(values)
    return f"{line.function} {request} {text}" if text else ""


def _logged(record: dict[str, Any]) -> str:
    more = {key: value for key, value in record.items() if key not in _KNOWN}
    parts = [str(record.get("level", "")), str(record.get("message", ""))]
    if record.get("errorType"):
        parts.append(f"[{record['errorType']}: {record.get('errorMessage', '')}]")
    parts.extend(f"{key}={json.dumps(value)}" for key, value in more.items())
    trace = "".join(cast("list[str]", record.get("stackTrace") or []))
    return " ".join(part for part in parts if part) + (f"\n{trace.rstrip()}" if trace else "")


def _platform(record: dict[str, Any]) -> str:
    """Return an invocation's end; its start is told by it."""
    report = cast("dict[str, Any]", record.get("record", {}))
    metrics = cast("dict[str, Any]", report.get("metrics", {}))
    if record.get("type") not in ("platform.report", "platform.initReport"):
        return ""
    init = f", init {metrics['initDurationMs']:.0f} ms" if "initDurationMs" in metrics else ""
    memory = f", {metrics['maxMemoryUsedMB']} MB" if "maxMemoryUsedMB" in metrics else ""
    return f"{report.get('status', '')} in {metrics.get('durationMs', 0):.1f} ms{init}{memory}"
