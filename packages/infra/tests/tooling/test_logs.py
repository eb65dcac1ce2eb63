"""`logs`: lines as a person reads them, and following them on moto's server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from core.sdk import Clients
from infra.commands.logs import DurationError, UnknownFunctionError, chosen, duration, show
from infra.deployed import NotDeployedError
from infra.logs import Event, Tail, readable

pytestmark = pytest.mark.slow

GROUP = "/aws/lambda/mocstack-dev-health"
NOON = 1_795_348_800_000
"""A time: 2026-11-22, 12:00 UTC, in milliseconds."""


def line(**fields: object) -> str:
    """Return what is shown of a record, after its time and function."""
    shown = readable(Event(NOON + 7, "health", json.dumps(fields)))
    assert shown == "" or shown.startswith("12:00:00.007 health ")
    return shown.removeprefix("12:00:00.007 health ")


def test_a_record_is_shown_as_level_and_message() -> None:
    """What else it says comes after; what the line has already does not."""
    said = line(timestamp="x", level="INFO", message="checked", requestId="1", logger="root", status="healthy", ms=1.5)
    assert said == 'INFO checked status="healthy" ms=1.5'


def test_an_error_is_shown_with_its_type_and_trace() -> None:
    """The trace is below the line."""
    said = line(level="ERROR", errorType="ValueError", errorMessage="no", stackTrace=["  File a\n", "    raise\n"])
    assert said == "ERROR [ValueError: no]\n    File a\n    raise"


def test_an_invocation_is_shown_at_its_end() -> None:
    """Its start says nothing that the end does not, and neither does a start of the environment that succeeded."""
    record = {"status": "success", "metrics": {"durationMs": 12.3, "initDurationMs": 98.7, "maxMemoryUsedMB": 40}}
    assert line(type="platform.report", record=record) == "REPORT success in 12.3 ms, init 98.7 ms, 40 MB"
    assert line(type="platform.start", record={}) == ""
    assert line(type="platform.initReport", record={"status": "success"}) == ""
    assert line(type="platform.initReport", record={"status": "timeout"}) == "INIT timeout"


@pytest.mark.parametrize("text", ["plain words", "[1, 2]", '"text"', "{broken"])
def test_what_is_no_record_is_shown_as_it_is(text: str) -> None:
    """A crash of the interpreter writes no JSON."""
    assert readable(Event(NOON, "health", f"{text}\n")) == f"12:00:00.000 health {text}"


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86_400)])
def test_durations(text: str, seconds: int) -> None:
    """A number and a unit."""
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "-1m", "1.5h", "10 m", "1w", "9999999s"])
def test_what_is_no_duration_is_told_the_form(text: str) -> None:
    """In a line."""
    with pytest.raises(DurationError, match="as in 10m"):
        duration(text)


def test_a_function_is_one_of_the_manifest() -> None:
    """All of them by default, with the one that provisions."""
    assert chosen(None) == ["health", "provision"]
    assert chosen("provision") == ["provision"]
    with pytest.raises(UnknownFunctionError, match="'heath': it is one of health, provision"):
        chosen("heath")


@pytest.fixture
def write(aws: Clients) -> Callable[..., None]:
    """Return what writes lines into a stream of the function's log, at times."""
    aws.logs.create_log_group(logGroupName=GROUP)

    def put(stream: str, *events: tuple[int, str]) -> None:
        if not aws.logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=stream)["logStreams"]:
            aws.logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        aws.logs.put_log_events(
            logGroupName=GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": time, "message": text} for time, text in events],
        )

    return put


def texts(tail: Tail) -> list[str]:
    """Return what is new in a log."""
    return [event.text for event in tail.new()]


def test_each_event_is_shown_once(aws: Clients, write: Callable[..., None]) -> None:
    """Also one that comes late, of another environment, with a time before what was seen; not what is too old."""
    now = int(time.time() * 1000)
    tail = Tail(aws, stage="dev", function="health", group=GROUP, since=now - 60_000)
    assert texts(tail) == []
    write("a", (now - 120_000, "old"), (now - 10_000, "first"), (now - 1_000, "second"))
    assert texts(tail) == ["first", "second"]
    assert texts(tail) == []
    write("b", (now - 5_000, "late"), (now, "third"))
    assert sorted(texts(tail)) == ["late", "third"]
    assert texts(tail) == []


def test_functions_are_shown_in_the_order_of_time(aws: Clients, write: Callable[..., None]) -> None:
    """Whichever is asked first."""
    now = int(time.time() * 1000)
    write("a", (now - 2_000, "two"), (now - 1_000, '{"type": "platform.start"}'), (now, "three"))
    aws.logs.create_log_group(logGroupName="/aws/lambda/mocstack-dev-provision")
    aws.logs.create_log_stream(logGroupName="/aws/lambda/mocstack-dev-provision", logStreamName="a")
    aws.logs.put_log_events(
        logGroupName="/aws/lambda/mocstack-dev-provision",
        logStreamName="a",
        logEvents=[{"timestamp": now - 3_000, "message": "one"}],
    )
    tails = [
        Tail(aws, stage="dev", function=name, group=f"/aws/lambda/mocstack-dev-{name}", since=now - 60_000)
        for name in ("health", "provision")
    ]
    said: list[str] = []
    show(tails, said.append)
    assert [line.split(maxsplit=1)[1] for line in said] == ["provision one", "health two", "health three"]


def test_a_function_that_is_not_deployed_is_a_line(aws: Clients) -> None:
    """The log group is named, and the way on."""
    tail = Tail(aws, stage="dev", function="health", group=GROUP, since=0)
    with pytest.raises(NotDeployedError, match=f"there is no log group {GROUP}; `nox -s deploy -- dev`"):
        texts(tail)


@pytest.mark.slow
def test_the_command_follows_until_it_is_interrupted(write: Callable[..., None], moto: str) -> None:  # noqa: ARG001
    """A line that is written while it runs is shown, and Ctrl-C is no failure."""
    write("a", (int(time.time() * 1000) - 1_000, '{"level": "INFO", "message": "before"}'))
    settings = {"MOCSTACK_ACCOUNT": "123456789012", "MOCSTACK_REGION": "eu-central-1"}
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "infra", "logs", "dev", "health"],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in process.stdout or ():
                said.append(line.rstrip())
                if line.endswith("INFO before\n"):
                    write("a", (int(time.time() * 1000), '{"level": "INFO", "message": "while"}'))
                if line.endswith("INFO while\n"):
                    process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, said
        finally:
            process.kill()
    assert said[0].startswith("dev: signed in to account 123456789012")
    assert said[1] == "following health; Ctrl-C ends"
    assert [line.partition(" health ")[2] for line in said[2:]] == ["INFO before", "INFO while"]
