"""A package of a few files, and a service that runs a generation of it."""

import textwrap
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from core.manifest import Function
from local.code import Generations
from local.runtime import Code, Runtime

HANDLER = """
import time
from pathlib import Path
from app.answer import ANSWER

def handler(event, context):
    if event:
        Path(event["started"]).touch()
        while not Path(event["until"]).exists(): time.sleep(0.005)
    return ANSWER
"""
"""Answers with `ANSWER`, once the file `until` of the event is there."""


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio, which the service is written for."""
    return "asyncio"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return the folder of a package whose handler answers `first`."""
    package = tmp_path / "src" / "app"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "handler.py").write_text(HANDLER)
    (package / "answer.py").write_text("ANSWER = 'first'\n")
    return package


@pytest.fixture
def edit(package: Path) -> Callable[[str, str], None]:
    """Write a file of the package."""

    def edit(name: str, text: str) -> None:
        (package / name).write_text(textwrap.dedent(text))

    return edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the generations."""
    return tmp_path / "stage" / "code"


@pytest.fixture
def generations(package: Path, folder: Path) -> Generations:
    """Return the generations of the package."""
    return Generations(folder, [package])


@pytest.fixture
async def runtime(generations: Generations) -> AsyncGenerator[Runtime]:
    """Return a service that runs the first generation."""
    function = Function(name="probe", handler="app.handler.handler", description="A test's function.", timeout=20)
    code = Code(await generations.build())
    async with Runtime([function], environ_for=lambda _: {}, code=code) as runtime:
        yield runtime
