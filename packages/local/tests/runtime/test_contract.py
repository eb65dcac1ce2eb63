"""The Runtime API against the genuine awslambdaric, with its C part and with what stands in for that."""

import importlib.util
import json
import time
from collections.abc import Callable
from typing import cast

import psutil
import pytest

from local.runtime import (
    REQUEST_LIMIT,
    RESPONSE_LIMIT,
    Crashed,
    HandlerFailed,
    InitFailed,
    Outcome,
    RequestTooLargeError,
    ResponseTooLarge,
    Runtime,
    Succeeded,
    TimedOut,
)

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Start = Callable[..., Runtime]


@pytest.fixture(params=[None, True], ids=["C part", "stand-in"])
def standin(request: pytest.FixtureRequest) -> bool | None:
    """Run each test with the C part of awslambdaric, where there is one, and without."""
    return cast("bool | None", request.param)


def error(outcome: Outcome) -> dict[str, str]:
    """Return the error document of an outcome."""
    return cast("dict[str, str]", outcome.document())


async def test_the_handler_gets_the_event_and_the_caller_what_it_returns(start: Start) -> None:
    """An event arrives as it was sent, and so does the answer: text of any script, numbers, nesting, nothing."""
    event: dict[str, object] = {
        "text": 'Ziegel λ 世界 \U0001f9f1 \\ " \u2028',
        "n": [1, -2.5, 2**53, None, True],
        "deep": {"er": {}},
    }
    async with start("def handler(event, context): return event") as runtime:
        values: list[object] = [event, None, "text", 0, []]
        for value in values:
            outcome = await runtime.invoke("probe", value)
            assert isinstance(outcome, Succeeded)
            assert outcome.document() == value


async def test_the_context_says_what_lambda_says(start: Start) -> None:
    """The context carries the request id, the remaining time, the ARN and the function's figures."""
    source = """
        def handler(event, context):
            return {
                "id": context.aws_request_id,
                "left": context.get_remaining_time_in_millis(),
                "arn": context.invoked_function_arn,
                "name": context.function_name,
                "version": context.function_version,
                "memory": context.memory_limit_in_mb,
                "group": context.log_group_name,
                "stream": context.log_stream_name,
            }
    """
    async with start(source, timeout=7, memory=256) as runtime:
        outcome = await runtime.invoke("probe", {})
    said = cast("dict[str, str | int]", outcome.document())
    assert said["id"] == outcome.request_id
    assert 5000 < cast("int", said["left"]) <= 7000
    assert said["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:probe"
    assert (said["name"], said["version"], said["memory"]) == ("probe", "$LATEST", "256")
    assert said["group"] == "/aws/lambda/probe"
    assert said["stream"] == outcome.log[0].environment


async def test_each_invocation_has_an_id_and_a_trace_of_its_own(start: Start) -> None:
    """Two invocations share neither the request id nor the X-Ray trace."""
    source = """
        import os
        def handler(event, context): return [context.aws_request_id, os.environ["_X_AMZN_TRACE_ID"]]
    """
    async with start(source) as runtime:
        first, second = [cast("list[str]", (await runtime.invoke("probe", {})).document()) for _ in range(2)]
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert first[1].startswith("Root=1-")


async def test_bytes_from_the_handler_arrive_as_they_are(start: Start) -> None:
    """A handler that returns bytes answers with just these."""
    async with start("def handler(event, context): return bytes(range(256))") as runtime:
        assert (await runtime.invoke("probe", {})).payload == bytes(range(256))


async def test_an_exception_of_the_handler_is_told_with_type_message_and_trace(start: Start) -> None:
    """The caller gets the error's document, and the environment serves the next request."""
    source = """
        def handler(event, context):
            if event: raise KeyError("größe")
            return "fine"
    """
    async with start(source) as runtime:
        failed = await runtime.invoke("probe", {"fail": 1})
        assert isinstance(failed, HandlerFailed)
        assert error(failed)["errorType"] == "KeyError"
        assert "größe" in error(failed)["errorMessage"]
        assert "probe_handler.py" in error(failed)["stackTrace"][-1]
        again = await runtime.invoke("probe", {})
        assert (again.document(), again.init_ms) == ("fine", None)


async def test_an_exception_with_a_huge_traceback_is_told_too(start: Start) -> None:
    """A traceback that makes headers of hundreds of kilobytes is no reason to lose the error."""
    source = """
        def handler(event, context): raise ValueError("x" * 400_000)
    """
    async with start(source) as runtime:
        failed = await runtime.invoke("probe", {})
    assert isinstance(failed, HandlerFailed)
    assert error(failed)["errorType"] == "ValueError"


async def test_what_is_not_json_fails_as_on_lambda(start: Start) -> None:
    """A result that can't be written as JSON is the runtime's marshal error."""
    async with start("def handler(event, context): return object()") as runtime:
        failed = await runtime.invoke("probe", {})
    assert isinstance(failed, HandlerFailed)
    assert error(failed)["errorType"] == "Runtime.MarshalError"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import nothing_of_this_name", "Runtime.ImportModuleError"),
        ("handler = (", "Runtime.UserCodeSyntaxError"),
        ("other = 1", "Runtime.HandlerNotFound"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
async def test_a_module_that_does_not_load_is_an_init_error(start: Start, source: str, kind: str) -> None:
    """Whatever keeps the handler from being found ends the invocation with the init's error, each time anew."""
    async with start(source) as runtime:
        for _ in range(2):
            failed = await runtime.invoke("probe", {})
            assert isinstance(failed, InitFailed)
            assert error(failed)["errorType"] == kind
            assert any(kind in line.text for line in failed.log)
        assert runtime.environments("probe") == 0


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("os._exit(3)", "exited with error: exit status 3"),
        ("os._exit(0)", "exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "exited with error: signal: killed"),
        ("os.kill(os.getpid(), 11)", "exited with error: signal: segmentation fault"),
    ],
)
@pytest.mark.parametrize("phase", ["init", "invocation"])
async def test_a_process_that_ends_is_a_crash(start: Start, phase: str, statement: str, reason: str) -> None:
    """The end of the process is told as Lambda tells it, and the next request gets a new environment."""
    body = f"{statement}\ndef handler(event, context): pass"
    if phase == "invocation":
        body = f"def handler(event, context):\n    if event: {statement}\n    return 1"
    async with start(f"import os\n{body}") as runtime:
        crashed = await runtime.invoke("probe", {"crash": 1})
        assert isinstance(crashed, Crashed)
        document = {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {crashed.request_id} Error: Runtime {reason}",
        }
        assert error(crashed) == document
        after = await runtime.invoke("probe", {})
        assert isinstance(after, Crashed if phase == "init" else Succeeded)


async def test_a_timeout_ends_the_environment_and_all_it_started(start: Start) -> None:
    """At the function's timeout its process group is killed, and the caller gets Lambda's error."""
    source = """
        import subprocess, sys
        def handler(event, context):
            if not event: return "fine"
            loop = [sys.executable, "-c", "print('up', flush=True)\\nwhile True: pass"]
            child = subprocess.Popen(loop, stdout=subprocess.PIPE)
            child.stdout.readline()
            print("child", child.pid)
            while True: pass
    """
    async with start(source, timeout=1) as runtime:
        await runtime.invoke("probe", None)
        began = time.monotonic()
        late = await runtime.invoke("probe", {"hang": 1})
        assert 1 <= time.monotonic() - began < 5
        assert isinstance(late, TimedOut)
        message = f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds"
        assert error(late) == {"errorType": "Sandbox.Timedout", "errorMessage": message}
        child = next(int(line.text.split()[1]) for line in late.log if line.text.startswith("child"))
        assert _gone(child)
        assert (await runtime.invoke("probe", None)).init_ms is not None


def _gone(pid: int) -> bool:
    """Return whether a process ends within a second; a zombie has ended."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


async def test_an_init_has_a_limit(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """An init that takes longer than Lambda gives it is ended, and told apart from a timeout of the handler."""
    monkeypatch.setattr("local.runtime.invocation.INIT_LIMIT", 0.5)
    async with start("while True: pass") as runtime:
        failed = await runtime.invoke("probe", {})
        assert isinstance(failed, InitFailed)
        assert error(failed)["errorMessage"].endswith("Init timed out after 0.50 seconds")
        assert runtime.environments("probe") == 0


async def test_an_event_over_the_limit_is_refused_before_anything_runs(start: Start) -> None:
    """6 MiB pass; a byte more is refused."""
    async with start("def handler(event, context): return len(event)") as runtime:
        largest = "x" * (REQUEST_LIMIT - 2)
        assert (await runtime.invoke("probe", largest)).document() == len(largest)
        with pytest.raises(RequestTooLargeError) as refused:
            await runtime.invoke("probe", largest + "x")
        assert refused.value.size == REQUEST_LIMIT + 1


async def test_a_response_over_the_limit_is_an_error(start: Start) -> None:
    """The largest response passes; a byte more is Lambda's error, after which a request finds an environment."""
    async with start("def handler(event, context): return 'x' * event") as runtime:
        largest = RESPONSE_LIMIT - 2
        assert len((await runtime.invoke("probe", largest)).payload) == RESPONSE_LIMIT
        failed = await runtime.invoke("probe", largest + 1)
        assert isinstance(failed, ResponseTooLarge)
        assert error(failed)["errorType"] == "Function.ResponseSizeTooLarge"
        assert isinstance(await runtime.invoke("probe", 1), Succeeded)


async def test_output_before_the_answer_is_in_its_log(start: Start) -> None:
    """Every line that a handler wrote before it returned lies between start and report, however many there are."""
    source = """
        def handler(event, context):
            for number in range(event): print("line", number)
    """
    async with start(source) as runtime:
        outcome = await runtime.invoke("probe", 3000)
    start_record, *lines, report = outcome.log
    assert [line.text for line in lines] == [f"line {number}" for number in range(3000)]
    assert "platform.start" in start_record.text
    assert "platform.report" in report.text


async def test_json_may_be_given_as_bytes(start: Start) -> None:
    """An event that is bytes is taken as the JSON it is."""
    async with start("def handler(event, context): return event['a']") as runtime:
        outcome = await runtime.invoke("probe", json.dumps({"a": "λ"}).encode())
        assert outcome.document() == "λ"


async def test_what_runs_the_handler_is_awslambdaric(start: Start, *, standin: bool | None) -> None:
    """The runtime is the genuine one, and only its C part is stood in for: the tests above are about just that."""
    source = """
        import awslambdaric, runtime_client
        def handler(event, context): return [awslambdaric.__file__, runtime_client.__file__]
    """
    async with start(source) as runtime:
        files = cast("list[str]", (await runtime.invoke("probe", {})).document())
    genuine = importlib.util.find_spec("awslambdaric")
    c_part = importlib.util.find_spec("runtime_client")
    assert genuine is not None
    assert files[0] == genuine.origin
    assert files[1].endswith("standin/runtime_client.py") == bool(standin or c_part is None)
