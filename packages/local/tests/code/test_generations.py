"""A generation: bytecode and data of the packages, in a folder of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.code import Generations, SourceError

pytestmark = pytest.mark.anyio

Edit = Callable[[str, str], None]


def run(generation: Path, statement: str) -> "subprocess.CompletedProcess[str]":
    """Run a statement with the generation on the path."""
    return subprocess.run(
        [sys.executable, "-c", statement], cwd=generation, capture_output=True, text=True, check=False
    )


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder."""
    return sorted(folder.iterdir())


async def test_a_generation_has_bytecode_and_data_but_no_source(
    generations: Generations, package: Path, edit: Edit
) -> None:
    """Sources are compiled where they would lie, other files are copied, and caches are left out."""
    (package / "inner" / "__pycache__").mkdir(parents=True)
    edit("inner/__init__.py", "")
    edit("inner/data.json", "{}")
    edit("inner/__pycache__/old.cpython-311.pyc", "")
    edit("stray.pyc", "")
    generation = await generations.build()
    files = {str(path.relative_to(generation)) for path in generation.rglob("*") if path.is_file()}
    assert files == {
        "app/__init__.pyc",
        "app/answer.pyc",
        "app/handler.pyc",
        "app/inner/__init__.pyc",
        "app/inner/data.json",
    }


async def test_a_generation_does_not_change_with_its_sources(generations: Generations, edit: Edit) -> None:
    """What was compiled runs on as it was, whatever becomes of the source."""
    generation = await generations.build()
    edit("answer.py", "ANSWER = 'second'")
    assert run(generation, "import app.answer; print(app.answer.ANSWER)").stdout == "first\n"


async def test_a_traceback_shows_the_source(generations: Generations, package: Path, edit: Edit) -> None:
    """A traceback names the original file and shows its line, as a debugger does."""
    edit("answer.py", "def fail():\n    raise ValueError('no')  # here\n")
    errors = run(await generations.build(), "import app.answer; app.answer.fail()").stderr
    assert f'File "{package / "answer.py"}", line 2, in fail' in errors
    assert "# here" in errors


async def test_a_syntax_error_names_file_and_line_and_leaves_nothing(
    generations: Generations, package: Path, folder: Path, edit: Edit
) -> None:
    """Source that can't be compiled makes no generation."""
    edit("answer.py", "ANSWER = 1\nANSWER = (\n")
    with pytest.raises(SourceError) as failed:
        await generations.build()
    assert (failed.value.path, failed.value.line) == (package / "answer.py", 2)
    assert str(failed.value) == f"{package / 'answer.py'}:2: '(' was never closed"
    assert listed(folder) == []


async def test_source_that_is_no_text_is_named(generations: Generations, package: Path) -> None:
    """A file with a null byte or in no encoding is an error of that file."""
    (package / "answer.py").write_bytes(b"ANSWER = '\xff'\n")
    with pytest.raises(SourceError, match=r"answer\.py"):
        await generations.build()


async def test_the_first_generation_removes_what_a_killed_process_left(generations: Generations, folder: Path) -> None:
    """Generations of an earlier run are gone, later ones of this run are kept apart."""
    (folder / "7").mkdir(parents=True)
    first, second = await generations.build(), await generations.build()
    assert listed(folder) == [first, second]


async def test_sources_are_known_to_have_changed(generations: Generations, package: Path, edit: Edit) -> None:
    """A changed, a new and a removed file each are a change; caches are none."""
    await generations.build()
    assert not await generations.changed()
    (package / "__pycache__").mkdir()
    edit("__pycache__/x.pyc", "")
    assert not await generations.changed()
    edit("new.py", "")
    assert await generations.changed()
    await generations.build()
    edit("new.py", "NEW = 1")
    assert await generations.changed()
    await generations.build()
    (package / "new.py").unlink()
    assert await generations.changed()
