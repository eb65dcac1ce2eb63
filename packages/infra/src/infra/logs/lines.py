"""A line of a function's log for a person, from the JSON that Lambda writes."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, cast

from .tail import Event

_KNOWN: Final = frozenset(
    {"timestamp", "level", "message", "logger", "requestId", "stackTrace", "errorType", "errorMessage", "exception"}
)
"""Fields of a record that have a place of their own in a line, or are left out."""


def readable(event: Event) -> str:
    """Return an event as time (UTC), function, level and message; empty where it says nothing that another does not."""
    said = _said(event.text.strip())
    if not said:
        return ""
    time = datetime.fromtimestamp(event.time / 1000, UTC)
    return f"{time:%H:%M:%S}.{event.time % 1000:03} {event.function} {said}"


def _said(text: str) -> str:
    try:
        record: object = json.loads(text)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        return text
    fields = cast("dict[str, object]", record)
    kind = fields.get("type")
    return _platform(kind, fields) if isinstance(kind, str) and kind.startswith("platform.") else _logged(fields)


def _logged(fields: Mapping[str, object]) -> str:
    parts = [str(fields.get("level", "")), str(fields.get("message", ""))]
    if fields.get("errorType"):
        parts.append(f"[{fields['errorType']}: {fields.get('errorMessage', '')}]")
    parts.extend(f"{name}={json.dumps(value)}" for name, value in fields.items() if name not in _KNOWN)
    return " ".join(part for part in parts if part) + "".join(_trace(fields))


def _trace(fields: Mapping[str, object]) -> Iterator[str]:
    lines = fields.get("stackTrace")
    if isinstance(lines, list):
        for line in cast("list[object]", lines):
            yield f"\n    {str(line).strip()}"


def _platform(kind: str, fields: Mapping[str, object]) -> str:
    """Return an invocation's end, and nothing for its start, which the end tells."""
    record = _mapping(fields.get("record"))
    if kind not in {"platform.report", "platform.initReport"}:
        return ""
    metrics = _mapping(record.get("metrics"))
    if kind == "platform.initReport":
        failed = (
            record.get("status", "success") != "success"
        )  # a start that succeeded is in the report of its invocation
        return f"INIT {record['status']}" if failed else ""
    parts = [f"REPORT {record.get('status', '')} in {metrics.get('durationMs', 0)} ms"]
    if "initDurationMs" in metrics:
        parts.append(f"init {metrics['initDurationMs']} ms")
    if "maxMemoryUsedMB" in metrics:
        parts.append(f"{metrics['maxMemoryUsedMB']} MB")
    return ", ".join(parts)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
