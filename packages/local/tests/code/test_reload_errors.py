"""What stands in the way of a reload is shown, and watching goes on."""

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.manifest import Function
from local.code import Failed, Generations, Polling, Reloaded, Reloader
from local.runtime import Code, InterpreterError, Runtime

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.01)


async def answer(runtime: Runtime) -> object:
    """Return what the function answers."""
    return (await runtime.invoke("probe", None)).document()


async def test_a_source_that_can_not_be_read_is_a_failed_reload(
    runtime: Runtime, generations: Generations, package: Path
) -> None:
    """A refusal of the file system is a result that names the file, and the last good code goes on."""
    (package / "data.txt").symlink_to(package / "data.txt")  # refused to root too
    result = await Reloader(generations, runtime).reload()
    assert isinstance(result, Failed)
    assert "data.txt" in str(result.error)
    assert await answer(runtime) == "first"


@pytest.fixture
async def fragile(generations: Generations, tmp_path: Path) -> AsyncGenerator[Runtime]:
    """Return a service with an interpreter of its own, at `tmp_path / "python"`, which the test can take away."""
    python = tmp_path / "python"
    genuine = Code(await generations.build())
    python.write_text(f'#!/bin/sh\nexec {genuine.python} "$@"\n')
    python.chmod(0o755)
    function = Function(name="probe", handler="app.handler.handler", description="A test's function.", timeout=20)
    async with Runtime([function], environ_for=lambda _: {}, code=replace(genuine, python=python)) as runtime:
        yield runtime


async def test_an_interpreter_that_is_gone_is_a_failed_reload(
    fragile: Runtime, generations: Generations, tmp_path: Path, edit: Callable[[str, str], None]
) -> None:
    """What the new code can't be run by is shown, and nothing of the new generation is left."""
    assert await answer(fragile) == "first"
    (tmp_path / "python").unlink()
    edit("answer.py", "ANSWER = 'second'")
    result = await Reloader(generations, fragile).reload()
    assert isinstance(result, Failed)
    assert isinstance(result.error, InterpreterError)
    assert await answer(fragile) == "first"


async def test_where_nothing_can_be_watched_changes_are_looked_for(
    runtime: Runtime, package: Path, tmp_path: Path, edit: Callable[[str, str], None]
) -> None:
    """That the system does not tell of changes is said once; a change is reloaded all the same."""
    other = tmp_path / "src" / "other"
    other.mkdir()
    generations = Generations(tmp_path / "others", [package, other])
    await generations.build()
    shutil.rmtree(other)  # so that watching it is refused
    results: list[Reloaded | Failed | Polling] = []
    watcher = asyncio.create_task(Reloader(generations, runtime).run(results.append))
    try:
        await until(lambda: bool(results))
        other.mkdir()
        edit("answer.py", "ANSWER = 'second'")
        await until(lambda: any(isinstance(result, Reloaded) for result in results))
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
    assert [type(result) for result in results].count(Polling) == 1
    assert await answer(runtime) == "second"
