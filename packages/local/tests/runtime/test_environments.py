"""Environments: one per concurrent request, used again, replaced, queued for, and ended."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import psutil
import pytest

from local.runtime import (
    Code,
    Crashed,
    InterpreterError,
    LogLine,
    Outcome,
    Runtime,
    RuntimeStoppedError,
    Succeeded,
    ThrottledError,
    UnknownFunctionError,
)

pytestmark = pytest.mark.anyio

Start = Callable[..., Runtime]

WAITS = """
    import os, pathlib, time
    def handler(event, context):
        if event and "started" in event:
            pathlib.Path(event["started"]).touch()
        while event and not pathlib.Path(event["until"]).exists():
            time.sleep(0.005)
        return os.getpid()
"""
"""Answers with its process, once the file `until` is there; the file `started` says that it waits for it."""


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.005)


def gone(pid: int) -> bool:
    """Return whether a process has ended; a zombie has."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def hold(runtime: Runtime, folder: Path, name: str) -> asyncio.Task[Outcome]:
    """Invoke the function, and return once its handler waits for the file `go`."""
    event = {"until": str(folder / "go"), "started": str(folder / name)}
    request = asyncio.create_task(runtime.invoke("probe", event))
    await until((folder / name).exists)
    return request


async def test_concurrent_requests_get_environments_of_their_own(start: Start, tmp_path: Path) -> None:
    """Requests that run at once run in different processes, and later ones reuse these."""
    async with start(WAITS) as runtime:
        requests = [await hold(runtime, tmp_path, str(number)) for number in range(3)]
        (tmp_path / "go").touch()
        processes = {outcome.document() for outcome in await asyncio.gather(*requests)}
        assert len(processes) == 3
        again = await asyncio.gather(*(runtime.invoke("probe", None) for _ in range(3)))
        assert {outcome.document() for outcome in again} <= processes
        assert {outcome.init_ms for outcome in again} == {None}


async def test_one_request_after_the_other_stays_in_one_environment(start: Start) -> None:
    """An idle environment is used before a new one is started, and only its first request pays for the init."""
    async with start(WAITS) as runtime:
        outcomes = [await runtime.invoke("probe", None) for _ in range(5)]
        assert runtime.environments("probe") == 1
    assert len({outcome.document() for outcome in outcomes}) == 1
    assert [outcome.init_ms is not None for outcome in outcomes] == [True, False, False, False, False]


async def test_the_environment_that_was_used_last_is_used_next(start: Start, tmp_path: Path) -> None:
    """Of several idle environments the one that became idle last serves: the others can be done without."""
    async with start(WAITS) as runtime:
        first, second = await hold(runtime, tmp_path, "first"), await hold(runtime, tmp_path, "second")
        (tmp_path / "go").touch()
        await asyncio.gather(first, second)
        last = (await runtime.invoke("probe", None)).document()
        assert {(await runtime.invoke("probe", None)).document() for _ in range(3)} == {last}


async def test_beyond_the_limit_requests_wait_and_are_served_in_order(start: Start, tmp_path: Path) -> None:
    """With all environments busy the next requests start in the order they came, as one becomes free."""
    order = tmp_path / "order"
    source = f"""
        import pathlib, time
        def handler(event, context):
            with open({str(order)!r}, "a") as file: file.write(str(event["number"]))
            while not pathlib.Path(event["until"]).exists(): time.sleep(0.005)
    """
    async with start(source, limit=1) as runtime:
        event = {"until": str(tmp_path / "go")}
        requests = [asyncio.create_task(runtime.invoke("probe", {**event, "number": n})) for n in range(6)]
        await until(order.exists)
        assert runtime.environments("probe") == 1
        (tmp_path / "go").touch()
        await asyncio.gather(*requests)
        assert runtime.environments("probe") == 1
    assert order.read_text() == "012345"


async def test_no_more_environments_than_the_limit_serve_any_number_of_requests(start: Start) -> None:
    """Fifty requests at once are all answered, by ten processes."""
    async with start(WAITS) as runtime:
        outcomes = await asyncio.gather(*(runtime.invoke("probe", None) for _ in range(50)))
        assert runtime.environments("probe") <= 10
    assert {type(outcome) for outcome in outcomes} == {Succeeded}
    assert len({outcome.document() for outcome in outcomes}) <= 10


async def test_a_canceled_caller_leaves_the_queue(start: Start, tmp_path: Path) -> None:
    """A caller that gives up while it waits is not served, and holds nobody up."""
    async with start(WAITS, limit=1) as runtime:
        first = await hold(runtime, tmp_path, "first")
        second = asyncio.create_task(runtime.invoke("probe", {"until": "/", "started": str(tmp_path / "second")}))
        third = asyncio.create_task(runtime.invoke("probe", None))
        await asyncio.sleep(0)
        second.cancel()
        (tmp_path / "go").touch()
        await asyncio.gather(first, third)
        assert second.cancelled()
        assert not (tmp_path / "second").exists()


async def test_an_invocation_outlives_a_caller_that_goes_away(start: Start, tmp_path: Path, log: list[LogLine]) -> None:
    """A caller that gives up on a running handler does not end it: it is reported, and its environment serves on."""
    async with start(WAITS, limit=1) as runtime:
        request = await hold(runtime, tmp_path, "first")
        request.cancel()
        following = asyncio.create_task(runtime.invoke("probe", None))
        (tmp_path / "go").touch()
        outcome = await following
        assert (outcome.init_ms, runtime.environments("probe")) == (None, 1)
    reports = [line for line in log if "platform.report" in line.text]
    assert [report.request_id == outcome.request_id for report in reports] == [False, True]


async def test_requests_beyond_the_queue_are_throttled(start: Start, tmp_path: Path) -> None:
    """A full queue refuses the next request at once, and takes one again when it has room."""
    async with start(WAITS, limit=1, queue=1) as runtime:
        running = await hold(runtime, tmp_path, "first")
        waiting = asyncio.create_task(runtime.invoke("probe", None))
        await asyncio.sleep(0)
        with pytest.raises(ThrottledError):
            await runtime.invoke("probe", None)
        (tmp_path / "go").touch()
        await asyncio.gather(running, waiting)
        assert isinstance(await runtime.invoke("probe", None), Succeeded)


async def test_an_environment_that_dies_while_idle_is_replaced(start: Start) -> None:
    """A process killed between two requests costs no request."""
    async with start(WAITS) as runtime:
        pid = cast("int", (await runtime.invoke("probe", None)).document())
        os.kill(pid, signal.SIGKILL)
        await until(lambda: runtime.environments("probe") == 0)
        after = await runtime.invoke("probe", None)
    assert isinstance(after, Succeeded)
    assert after.document() != pid


async def test_an_environment_that_dies_before_it_asks_again_costs_no_request(start: Start) -> None:
    """A process that ends after its answer, before it has taken the next event, leaves that to another."""
    source = """
        import os, runtime_client
        answer = runtime_client.post_invocation_result
        def answer_and_end(*args):
            answer(*args)
            os._exit(1)
        runtime_client.post_invocation_result = answer_and_end
        def handler(event, context): return os.getpid()
    """
    async with start(source) as runtime:
        processes = {(await runtime.invoke("probe", None)).document() for _ in range(5)}
    assert len(processes) == 5


async def test_stopping_ends_what_runs_and_what_waits(start: Start, tmp_path: Path) -> None:
    """At the end of the service no process is left; a running request crashed, one that waited is told."""
    before = psutil.Process().children(recursive=True)
    async with start(WAITS, limit=2) as runtime:
        idle = cast("int", (await runtime.invoke("probe", None)).document())
        running = [await hold(runtime, tmp_path, "first"), await hold(runtime, tmp_path, "second")]
        waiting = asyncio.create_task(runtime.invoke("probe", None))
        await asyncio.sleep(0)
    assert {type(outcome) for outcome in await asyncio.gather(*running)} == {Crashed}
    with pytest.raises(RuntimeStoppedError):
        await waiting
    with pytest.raises(RuntimeStoppedError):
        await runtime.invoke("probe", None)
    assert gone(idle)
    assert set(psutil.Process().children(recursive=True)) <= set(before)


async def test_an_unknown_function_is_named(start: Start) -> None:
    """The error says what was asked for, and what there is."""
    async with start(WAITS) as runtime:
        with pytest.raises(UnknownFunctionError, match="no function 'prob'; the manifest declares probe"):
            await runtime.invoke("prob", None)


async def test_an_interpreter_that_is_not_there_is_named(start: Start, tmp_path: Path) -> None:
    """A service on an interpreter that can't be started does not start, and says which."""
    with pytest.raises(InterpreterError, match="no-python"):
        await start("", code=Code(tmp_path, python=tmp_path / "no-python")).__aenter__()


async def test_an_interpreter_without_the_runtime_is_named(start: Start, bare_python: Path, tmp_path: Path) -> None:
    """A service on an interpreter that has no awslambdaric does not start, and says so."""
    with pytest.raises(InterpreterError, match="no awslambdaric"):
        await start("", code=Code(tmp_path, python=bare_python, runtime_dir=tmp_path)).__aenter__()


_STAGE = """
import asyncio, sys
from pathlib import Path
from core.manifest import Function
from local.runtime import Code, Runtime

async def main():
    function = Function(name="probe", handler="probe_handler.handler", description="", timeout=60)
    async with Runtime([function], environ_for=lambda _: {}, code=Code(Path(sys.argv[1]))) as runtime:
        await asyncio.gather(*(runtime.invoke("probe", event) for event in ("idle", "loop")))

asyncio.run(main())
"""


async def test_environments_end_with_a_stage_that_is_killed(write: Callable[[str], Path], tmp_path: Path) -> None:
    """A stage killed with -9 leaves nothing: not an idle environment, not one in an endless loop, not its child."""
    task_root = write(f"""
        import os, pathlib, subprocess
        def handler(event, context):
            child = subprocess.Popen(["sleep", "60"]) if event == "loop" else None
            pid = pathlib.Path({str(tmp_path)!r}, f"{{event}}.part")
            pid.write_text(f"{{os.getpid()}} {{child.pid if child else os.getpid()}}")
            pid.rename(pid.with_suffix(".pid"))
            while event == "loop": pass
    """)
    stage = await asyncio.create_subprocess_exec(sys.executable, "-c", _STAGE, str(task_root))
    files = [tmp_path / "idle.pid", tmp_path / "loop.pid"]
    try:
        await until(lambda: all(file.exists() for file in files))
        processes = [int(pid) for file in files for pid in file.read_text().split()]
        assert not any(gone(pid) for pid in processes)
    finally:
        stage.kill()
        await stage.wait()
    await until(lambda: all(gone(pid) for pid in processes))
