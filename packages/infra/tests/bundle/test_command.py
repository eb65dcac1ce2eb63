"""The command line: `python -m infra.bundle`."""

import zipfile
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS, PROVISION
from infra.bundle import Interpreter
from infra.bundle.__main__ import main

pytestmark = pytest.mark.network


@pytest.mark.parametrize("arguments", [[], ["no-such-function"], ["health", "--platform", "windows"]])
def test_bad_arguments_give_a_usage_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A person who mistypes sees how it is called, and exit code 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m infra.bundle" in capsys.readouterr().err


def test_an_interpreter_that_does_not_run_is_an_error_in_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """No traceback for what a person can mend."""
    assert main(["health", "--platform", "host", "--python", str(tmp_path / "python")]) == 1
    assert "does not run as a Python interpreter" in capsys.readouterr().err


def test_the_command_copies_a_bundle_to_a_new_folder_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, running: Interpreter
) -> None:
    """`--out` fills a folder that is not there yet, says where it is, and touches none that holds something."""
    out = tmp_path / "out"
    command = ["health", "--platform", "host", "--python", str(running.executable), "--out", str(out)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert (out / "functions" / "manifest.py").is_file()
    assert main(command) == 1
    assert "is not empty" in capsys.readouterr().err


def test_the_command_makes_the_zip_that_is_deployed(capsys: pytest.CaptureFixture[str], running: Interpreter) -> None:
    """`--zip` prints where it is, and its files are at its top."""
    assert main(["health", "--zip", "--platform", "host", "--python", str(running.executable)]) == 0
    with zipfile.ZipFile(capsys.readouterr().out.strip()) as archive:
        assert "functions/manifest.py" in archive.namelist()


def test_what_fails_is_told_in_a_line(capsys: pytest.CaptureFixture[str], running: Interpreter) -> None:
    """Whatever a program that is run writes, a person reads one line of it."""
    assert main(["--group", "no-such-group", "--python", str(running.executable), "--platform", "host"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "run `uv lock`" in said
    assert "no-such-group" in said


def test_every_function_of_the_manifest_has_a_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    """The application's functions are offered, and what the deployment runs before them."""
    with pytest.raises(SystemExit):
        main(["--help"])
    assert f"{{{','.join(function.name for function in (*FUNCTIONS, PROVISION))}}}" in capsys.readouterr().out
