"""Reload: good code takes over, bad code is shown and the last good code goes on."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local.code import Failed, Generations, Polling, Reloaded, Reloader, SourceError
from local.runtime import Code, NotStartedError, Outcome, Runtime

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Edit = Callable[[str, str], None]
Result = Reloaded | Failed | Polling


async def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.01)


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder."""
    return sorted(folder.iterdir())


async def answer(runtime: Runtime) -> object:
    """Return what the function answers."""
    return (await runtime.invoke("probe", None)).document()


@pytest.fixture
def reloader(generations: Generations, runtime: Runtime) -> Reloader:
    """Return what reloads the service."""
    return Reloader(generations, runtime)


async def test_good_code_takes_over(runtime: Runtime, reloader: Reloader, edit: Edit, folder: Path) -> None:
    """After a reload the new code answers, without a cold start, and nothing is left of the old."""
    assert await answer(runtime) == "first"
    edit("answer.py", "ANSWER = 'second'")
    result = await reloader.reload()
    assert isinstance(result, Reloaded)
    outcome = await runtime.invoke("probe", None)
    assert (outcome.document(), outcome.init_ms) == ("second", None)
    assert runtime.code == result.code
    await until(lambda: listed(folder) == [result.code.task_root])
    assert runtime.environments("probe") == 1


async def test_a_syntax_error_leaves_the_last_good_code(
    runtime: Runtime, reloader: Reloader, package: Path, edit: Edit
) -> None:
    """The error names file and line; the code goes on, for the next environment too."""
    await answer(runtime)
    edit("answer.py", "ANSWER = 'second'\nANSWER = (\n")
    result = await reloader.reload()
    assert isinstance(result, Failed)
    assert isinstance(result.error, SourceError)
    assert (result.error.path, result.error.line) == (package / "answer.py", 2)
    outcomes = await asyncio.gather(*(runtime.invoke("probe", None) for _ in range(3)))
    assert {outcome.document() for outcome in outcomes} == {"first"}
    assert runtime.environments("probe") > 1


@pytest.mark.parametrize(
    ("source", "line", "summary"),
    [
        ("\nimport nothing_of_this_name", 2, "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("\n\nANSWER = 1 / 0", 3, "ZeroDivisionError: division by zero"),
    ],
)
async def test_code_that_does_not_start_leaves_the_last_good_code(  # noqa: PLR0913, PLR0917  fixtures and the cases
    runtime: Runtime,
    reloader: Reloader,
    package: Path,
    folder: Path,
    edit: Edit,
    source: str,
    line: int,
    summary: str,
) -> None:
    """An error at import names file and line, which awslambdaric doesn't; the code goes on, and so does its folder."""
    await answer(runtime)
    good = runtime.code
    edit("answer.py", source)
    result = await reloader.reload()
    assert isinstance(result, Failed)
    assert isinstance(result.error, NotStartedError)
    assert result.error.location == (package / "answer.py", line)
    assert str(result.error) == f"{package / 'answer.py'}:{line}: the function 'probe' does not start: {summary}"
    assert "Traceback" in result.error.traceback
    outcomes = await asyncio.gather(*(runtime.invoke("probe", None) for _ in range(3)))
    assert {outcome.document() for outcome in outcomes} == {"first"}
    assert runtime.code == good
    assert listed(folder) == [good.task_root]


async def test_a_handler_that_is_gone_leaves_the_last_good_code(
    runtime: Runtime, reloader: Reloader, edit: Edit
) -> None:
    """Code that imports but has no handler does not start, and says so."""
    await answer(runtime)
    edit("handler.py", "")
    result = await reloader.reload()
    assert isinstance(result, Failed)
    assert "Handler 'handler' missing on module 'app.handler'" in str(result.error)
    assert await answer(runtime) == "first"


async def test_good_code_takes_over_after_bad(runtime: Runtime, reloader: Reloader, edit: Edit) -> None:
    """A failed reload stands in the way of no later one."""
    await answer(runtime)
    edit("answer.py", "(")
    assert isinstance(await reloader.reload(), Failed)
    edit("answer.py", "import nothing_of_this_name")
    assert isinstance(await reloader.reload(), Failed)
    edit("answer.py", "ANSWER = 'third'")
    assert isinstance(await reloader.reload(), Reloaded)
    assert await answer(runtime) == "third"


async def test_a_request_that_runs_stays_on_its_code(
    runtime: Runtime, reloader: Reloader, edit: Edit, folder: Path, tmp_path: Path
) -> None:
    """A reload waits for no request and disturbs none: it ends on its code, and only then does that go."""
    event = {"started": str(tmp_path / "started"), "until": str(tmp_path / "go")}
    running: asyncio.Task[Outcome] = asyncio.create_task(runtime.invoke("probe", event))
    await until((tmp_path / "started").exists)
    former = runtime.code.task_root
    edit("answer.py", "ANSWER = 'second'")
    await reloader.reload()
    assert await answer(runtime) == "second"
    assert former.exists()
    (tmp_path / "go").touch()
    assert (await running).document() == "first"
    await until(lambda: listed(folder) == [runtime.code.task_root])
    assert runtime.environments("probe") == 1


async def test_a_function_that_is_not_in_use_is_not_started(runtime: Runtime, reloader: Reloader, edit: Edit) -> None:
    """A reload starts nothing of its own accord; a function that was never called shows its error when it is."""
    edit("answer.py", "import nothing_of_this_name")
    assert isinstance(await reloader.reload(), Reloaded)
    assert runtime.environments("probe") == 0


@asynccontextmanager
async def watching(reloader: Reloader) -> AsyncGenerator[list[Result]]:
    """Watch while the block runs; give the results as they come."""
    results: list[Result] = []
    watcher = asyncio.create_task(reloader.run(results.append))
    try:
        yield results
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


async def test_changes_are_seen(runtime: Runtime, reloader: Reloader, edit: Edit) -> None:
    """Saving a file is all it takes; an error is shown, and the fix runs."""
    await answer(runtime)
    async with watching(reloader) as results:
        edit("answer.py", "ANSWER = 'second'")
        await until(lambda: len(results) == 1)
        assert await answer(runtime) == "second"
        edit("answer.py", "ANSWER = (")
        await until(lambda: len(results) == 2)
        assert isinstance(results[1], Failed)
        edit("answer.py", "ANSWER = 'third'")
        await until(lambda: len(results) == 3)
        assert await answer(runtime) == "third"


async def test_a_change_before_the_watcher_is_up_is_seen(runtime: Runtime, reloader: Reloader, edit: Edit) -> None:
    """What was saved between the first generation and the watcher's start is not lost."""
    await answer(runtime)
    edit("answer.py", "ANSWER = 'second'")
    async with watching(reloader) as results:
        await until(lambda: bool(results))
    assert await answer(runtime) == "second"


class Counted(Generations):
    """Generations that count how often one was built or failed."""

    builds = 0

    async def build(self) -> Path:
        """Build a generation."""
        try:
            return await super().build()
        finally:
            self.builds += 1


async def test_the_same_error_is_shown_once(runtime: Runtime, package: Path, tmp_path: Path, edit: Edit) -> None:
    """An error that another change leaves as it is isn't repeated."""
    generations = Counted(tmp_path / "others", [package])
    edit("answer.py", "(")
    async with watching(Reloader(generations, runtime)) as results:
        await until(lambda: len(results) == 1)
        edit("other.py", "")
        await until(lambda: generations.builds == 2)
        edit("answer.py", "ANSWER = 'second'")
        await until(lambda: len(results) == 2)
    assert generations.builds == 3
    assert [type(result) for result in results] == [Failed, Reloaded]


async def test_only_the_code_of_a_service_is_touched(runtime: Runtime, reloader: Reloader, edit: Edit) -> None:
    """Interpreter, runtime folder and stand-in stay as they were chosen."""
    before = runtime.code
    edit("answer.py", "ANSWER = 'second'")
    await reloader.reload()
    after = runtime.code
    assert after == Code(after.task_root, before.python, before.runtime_dir, before.standin)
