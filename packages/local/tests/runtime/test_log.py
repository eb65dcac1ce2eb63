"""The log: complete, in lines of bounded length, and tagged."""

import json
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.runtime import Crashed, LogLine, Runtime
from local.runtime.log import LINE_LIMIT, Splitter

Start = Callable[..., Runtime]
Record = dict[str, dict[str, dict[str, float]]]


def split(chunks: list[bytes], limit: int) -> list[str]:
    """Return the lines of a stream that comes in chunks."""
    splitter = Splitter(limit)
    return [line for chunk in chunks for line in splitter.feed(chunk)] + list(splitter.finish())


@given(st.lists(st.binary(max_size=30), max_size=8), st.integers(4, 12))
def test_lines_do_not_depend_on_how_the_stream_is_cut(chunks: list[bytes], limit: int) -> None:
    """However the bytes come, the lines are the same."""
    assert split(chunks, limit) == split([b"".join(chunks)], limit)


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=60), st.integers(4, 12))
def test_no_character_is_lost_or_split(text: str, limit: int) -> None:
    """Long lines are cut between characters into pieces of at most the limit, and nothing is missing."""
    lines = split([text.encode()], limit)
    assert "".join(lines) == text.replace("\n", "")
    assert all(len(line.encode()) <= limit for line in lines)


@pytest.mark.anyio
async def test_lines_bear_function_environment_and_request(start: Start, log: list[LogLine]) -> None:
    """What the init wrote belongs to no request; what a handler wrote belongs to its own."""
    source = """
        import os, sys
        print("init")
        def handler(event, context):
            print("out", event)
            print("err", event, file=sys.stderr)
            print("half", event, end="")
    """
    async with start(source) as runtime:
        first, second = await runtime.invoke("probe", 1), await runtime.invoke("probe", 2)
    own = [(line.request_id, line.text) for line in log if line.source == "function"]
    assert own == [
        (None, "init"),
        *((first.request_id, text) for text in ("out 1", "err 1", "half 1")),
        *((second.request_id, text) for text in ("out 2", "err 2", "half 2")),
    ]
    assert {(line.function, line.environment) for line in log} == {("probe", first.log[0].environment)}
    assert first.log + second.log == tuple(log)
    assert [outcome.log[-1].source for outcome in (first, second)] == ["platform", "platform"]


@pytest.mark.anyio
async def test_a_line_without_an_end_is_not_lost_in_a_crash(start: Start) -> None:
    """The last words of a process are in the log of the request that it died in."""
    source = """
        import os
        def handler(event, context):
            os.write(2, b"last words")
            os._exit(1)
    """
    async with start(source) as runtime:
        crashed = await runtime.invoke("probe", None)
    assert isinstance(crashed, Crashed)
    assert (crashed.request_id, "last words") in [(line.request_id, line.text) for line in crashed.log]


@pytest.mark.anyio
async def test_a_long_line_is_passed_on_in_pieces(start: Start, log: list[LogLine]) -> None:
    """A line longer than a log event may be goes on in the next."""
    async with start("def handler(event, context): print('x' * event)") as runtime:
        await runtime.invoke("probe", 2 * LINE_LIMIT + 10)
    assert [len(line.text) for line in log if line.source == "function"] == [LINE_LIMIT, LINE_LIMIT, 10]


@pytest.mark.anyio
async def test_a_process_that_never_stops_writing_is_still_timed_out(start: Start) -> None:
    """An endless stream of output neither blocks the service nor grows the outcome without bound."""
    source = """
        def handler(event, context):
            while True: print("x" * 100)
    """
    async with start(source, timeout=1) as runtime:
        outcome = await runtime.invoke("probe", None)
    assert b"timed out" in outcome.payload
    assert len(outcome.log) <= 10_000


@pytest.mark.anyio
async def test_the_platform_reports_start_and_end(start: Start, log: list[LogLine]) -> None:
    """Each invocation has Lambda's records around it, with durations, memory and status; the first has the init's."""
    source = """
        def handler(event, context):
            if event: raise ValueError
    """
    async with start(source, memory=192) as runtime:
        first, second = await runtime.invoke("probe", None), await runtime.invoke("probe", 1)
    records = [cast("Record", json.loads(line.text)) for line in log if line.source == "platform"]
    assert [record["type"] for record in records] == ["platform.start", "platform.report"] * 2
    ids = [record["record"]["requestId"] for record in records]
    assert ids == [first.request_id, first.request_id, second.request_id, second.request_id]
    assert [record["record"].get("status") for record in records] == [None, "success", None, "error"]
    metrics = records[1]["record"]["metrics"]
    assert metrics["memorySizeMB"] == 192
    assert 5 < metrics["maxMemoryUsedMB"] < 500
    assert 0 < metrics["durationMs"] <= metrics["billedDurationMs"]
    assert metrics["initDurationMs"] == pytest.approx(first.init_ms, abs=0.001)
    assert "initDurationMs" not in records[3]["record"]["metrics"]


@pytest.mark.anyio
async def test_a_failed_init_is_reported(start: Start, log: list[LogLine]) -> None:
    """An init that fails has a record of its own, since no invocation will report it."""
    async with start("import nothing_of_this_name") as runtime:
        await runtime.invoke("probe", None)
    (record,) = [json.loads(line.text) for line in log if line.source == "platform"]
    assert (record["type"], record["record"]["status"]) == ("platform.initReport", "error")


@pytest.mark.anyio
async def test_structured_logging_goes_out_as_json(start: Start, log: list[LogLine]) -> None:
    """A handler's `logging` comes out as Lambda's JSON, with the request's id."""
    source = """
        import logging
        def handler(event, context): logging.getLogger("own").warning("λ %s", event)
    """
    async with start(source) as runtime:
        outcome = await runtime.invoke("probe", 5)
    (line,) = [json.loads(line.text) for line in log if line.source == "function"]
    assert (line["level"], line["message"], line["requestId"]) == ("WARNING", "λ 5", outcome.request_id)
