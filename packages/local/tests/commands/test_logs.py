"""Function logs, made readable."""

import json

import pytest

from local.commands.logs import follow, readable
from local.runtime import LogLine


def line(text: str, function: str = "health", source: str = "function") -> LogLine:
    """Return a line of a log."""
    return LogLine(function, "stream", "01234567-89ab", source, text)  # pyright: ignore[reportArgumentType]


def test_a_structured_record_is_one_readable_line() -> None:
    """Level, message and what was added to it stay."""
    record = {"timestamp": "x", "level": "INFO", "message": "served", "logger": "app", "requestId": "0", "moc": 7}
    assert readable(line(json.dumps(record))) == "health 01234567 INFO served moc=7"


def test_an_error_shows_its_traceback() -> None:
    """What a developer needs to see of a failure is there."""
    record = {"level": "ERROR", "errorType": "ValueError", "errorMessage": "bad", "stackTrace": ['  File "a.py"\n']}
    assert readable(line(json.dumps(record))) == 'health 01234567 ERROR [ValueError: bad]\n  File "a.py"'


@pytest.mark.parametrize("text", ["plain words", "[1, 2]", "{broken"])
def test_what_is_no_record_is_shown_as_it_is(text: str) -> None:
    """A print() is a line of the log too."""
    assert readable(line(text)) == f"health 01234567 {text}"


def test_the_end_of_an_invocation_is_one_line() -> None:
    """Lambda's report becomes status, duration, init and memory."""
    metrics = {"durationMs": 4.25, "initDurationMs": 120.4, "maxMemoryUsedMB": 38}
    record = {"type": "platform.report", "record": {"status": "success", "metrics": metrics}}
    assert readable(line(json.dumps(record), source="platform")) == (
        "health 01234567 success in 4.2 ms, init 120 ms, 38 MB"
    )


def test_only_the_wanted_functions_are_followed() -> None:
    """The log can be filtered by function, and what says nothing is left out."""
    written: list[str] = []
    on_log = follow(written.append, frozenset({"health"}))
    on_log(line("one"))
    on_log(line("two", function="other"))
    on_log(line(json.dumps({"type": "platform.start", "record": {}}), source="platform"))
    assert written == ["health 01234567 one"]
