"""Finding the interpreter that compiles a bundle."""

import sys
from pathlib import Path

import pytest

from infra.bundle import InterpreterNotFoundError, find
from infra.bundle.interpreter import inspect

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is the whole PATH, on a machine without pyenv's and uv's interpreters."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))
    return folder


def program(path: Path, script: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def posing_as(version: str) -> str:
    """Return the script of an interpreter that says it is of some version."""
    return f"""echo '["{version}", "/nowhere", "/nowhere/python"]'"""


def test_the_running_interpreter_is_found() -> None:
    """Where the running interpreter is of the minor version, it is taken, outside its virtual environment."""
    found = find(RUNNING)
    assert found.minor == RUNNING
    assert found.executable.is_absolute()
    assert not found.executable.is_relative_to(sys.prefix) or sys.prefix == sys.base_prefix


def test_a_shim_with_nothing_behind_it_is_passed_over(alone: Path, tmp_path: Path) -> None:
    """An executable that fails does not count, and the next place is looked at."""
    program(alone / "python3.99", "echo 'pyenv: python3.99: command not found' >&2; exit 127")
    program(tmp_path / "pyenv/versions/3.99.4/bin/python3.99", posing_as("3.99.4"))
    assert find("3.99").version == "3.99.4"


def test_an_interpreter_of_another_version_is_passed_over(alone: Path) -> None:
    """An executable's name alone does not tell its version."""
    program(alone / "python3.99", posing_as("3.98.1"))
    with pytest.raises(InterpreterNotFoundError):
        find("3.99")


def test_where_there_is_none_the_error_says_how_to_get_one(alone: Path) -> None:
    """The error names the version, what was tried, and a command that installs it."""
    shim = program(alone / "python3.99", "exit 127")
    with pytest.raises(InterpreterNotFoundError, match=r"uv python install 3\.99") as caught:
        find("3.99")
    assert caught.value.minor == "3.99"
    assert caught.value.tried == (shim,)


@pytest.mark.parametrize("script", ["exit 0", "echo hello", "echo '[]'", "exit 1"])
def test_a_program_that_is_no_interpreter_is_told_apart(tmp_path: Path, script: str) -> None:
    """Whatever a program answers instead, it is no interpreter, and no other error comes of it."""
    assert inspect(program(tmp_path / "python3", script)) is None
