"""Bundles, built by uv from the lock."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from functions.manifest import HEALTH
from infra.bundle import (
    DEPLOYED_PYTHON,
    BundleError,
    CommandFailedError,
    Contents,
    Interpreter,
    InterpreterNotFoundError,
    NotInLockError,
    Workspace,
    build,
    find,
    of_function,
    of_group,
)
from infra.bundle.__main__ import main
from infra.bundle.build import forget_old

pytestmark = pytest.mark.network

_CHECKOUT = Workspace.of(Path(__file__))
_UNCHECKED_HASH = 0b01
"""The flags of a .pyc that is never held against its source (PEP 552)."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace, with a folder for bundles of the tests' own."""
    return Workspace(_CHECKOUT.root, tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def running() -> Interpreter:
    """The interpreter of the tests: it can always build for this machine."""
    return find(f"{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture(scope="module")
def health(workspace: Workspace, running: Interpreter) -> Path:
    """The bundle of the health function for this machine."""
    return build(of_function(HEALTH), workspace=workspace, platform="host", interpreter=running)


@pytest.fixture(scope="module")
def deployed(workspace: Workspace) -> Path:
    """The bundle of the health function as it is deployed."""
    try:
        interpreter = find()
    except InterpreterNotFoundError as error:
        pytest.skip(str(error))
    return build(of_function(HEALTH), workspace=workspace, platform="deployed", interpreter=interpreter)


def module(folder: Path, text: str) -> Contents:
    """Return contents of one module that imports nothing."""
    folder.mkdir(exist_ok=True)
    file = folder / "alone.py"
    file.write_text(text)
    return of_group("bench-floor", (file,))


def bytecode(bundle: Path) -> Iterator[Path]:
    """Yield the compiled modules."""
    return bundle.rglob("*.pyc")


def test_a_bundle_runs_without_anything_else(health: Path, running: Interpreter) -> None:
    """Every handler can be imported from its bundle alone, and comes from there."""
    handler = HEALTH.handler.rpartition(".")[0]
    code = f"import sys, json; sys.path = [p for p in sys.path if 'site-packages' not in p] + [{str(health)!r}]; "
    code += f"import {handler}, psycopg; print(json.dumps([m.__file__ for m in ({handler}, psycopg)]))"
    done = subprocess.run([running.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    files = [Path(file) for file in cast("list[str]", json.loads(done.stdout))]
    assert all(file.is_relative_to(health) for file in files)


def test_the_deployed_bundle_is_for_the_deployed_platform(deployed: Path) -> None:
    """What is compiled to machine code is so for arm64 and the deployed minor version, whatever builds it."""
    libraries = [path.name for path in deployed.glob("psycopg_binary/*.so")]
    suffix = f".cpython-{DEPLOYED_PYTHON.replace('.', '')}-aarch64-linux-gnu.so"
    assert libraries
    assert all(name.endswith(suffix) for name in libraries)


def test_every_module_is_compiled_and_never_checked(health: Path) -> None:
    """Beside each source lies its bytecode, marked as not to be held against the source."""
    for source in health.rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source)))
        assert compiled.is_file(), f"{source} is not compiled"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == _UNCHECKED_HASH


def test_bytecode_says_it_comes_from_where_lambda_unpacks_it(health: Path) -> None:
    """No bytecode names the folder it was built in: a traceback on Lambda names the files there."""
    for compiled in bytecode(health):
        assert str(health).encode() not in compiled.read_bytes()
        assert str(health.parent).encode() not in compiled.read_bytes()
    handler = Path(importlib.util.cache_from_source(str(health / "functions/health/handler.py")))
    assert b"/var/task/functions/health/handler.py" in handler.read_bytes()


def test_nothing_of_the_installation_is_left(health: Path) -> None:
    """What only an installer reads, and what names this machine, is not in a bundle."""
    left = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", ".lock", "bin"}
    assert not [path for path in health.rglob("*") if path.name in left]


def test_a_bundle_carries_no_more_than_its_function_asks_for(health: Path) -> None:
    """Packages of other extras and groups, and the runtime client, are not in it."""
    carried = {path.name.partition("-")[0] for path in health.glob("*.dist-info")}
    assert carried == {"mocstack_core", "mocstack_functions", "psycopg", "psycopg_binary"} | (
        {"typing_extensions"} if sys.version_info < (3, 13) else set()
    )


def test_the_same_bundle_is_built_once(workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """As long as nothing changes, the bundle that is there is returned, and nothing is run to build it."""
    contents = module(tmp_path, "A = 1\n")
    first = build(contents, workspace=workspace, platform="host", interpreter=running)
    gone = replace(running, executable=tmp_path / "no-interpreter")
    assert build(contents, workspace=workspace, platform="host", interpreter=gone) == first


def test_a_changed_source_makes_another_bundle(workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """A bundle is that of the sources as they are now."""
    before = build(module(tmp_path, "A = 1\n"), workspace=workspace, platform="host", interpreter=running)
    after = build(module(tmp_path, "A = 2\n"), workspace=workspace, platform="host", interpreter=running)
    assert (before / "alone.py").read_text() == "A = 1\n"
    assert (after / "alone.py").read_text() == "A = 2\n"


def test_a_changed_module_of_a_package_makes_another_bundle(
    workspace: Workspace, running: Interpreter, tmp_path: Path
) -> None:
    """The same goes for a file deep in a folder, as those of the workspace's packages are."""
    package = tmp_path / "package" / "inner"
    package.mkdir(parents=True)
    built: list[Path] = []
    for text in ("A = 1\n", "A = 2\n"):
        (package / "deep.py").write_text(text)
        contents = of_group("bench-floor", (package.parent,))
        built.append(build(contents, workspace=workspace, platform="host", interpreter=running))
    assert [(folder / "package/inner/deep.py").read_text() for folder in built] == ["A = 1\n", "A = 2\n"]


def test_bundles_that_were_not_used_for_longest_are_forgotten(tmp_path: Path) -> None:
    """The four last used of a name and platform are kept, those of others are not touched."""
    for index in range(6):
        folder = tmp_path / f"health-host-{index}"
        (folder / "psycopg").mkdir(parents=True)
        os.utime(folder, (index, index))
    others = {"health-deployed-0", ".health-host-6.being-built"}
    for name in others:
        (tmp_path / name).mkdir()
    forget_old(tmp_path, "health-host-")
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {
        "health-deployed-0",
        ".health-host-6.being-built",
        *(f"health-host-{index}" for index in range(2, 6)),
    }


def test_what_the_lock_does_not_have_is_named(workspace: Workspace, running: Interpreter) -> None:
    """A group that does not exist is an error that names it and says what to do."""
    with pytest.raises(NotInLockError, match="uv lock") as caught:
        build(of_group("no-such-group"), workspace=workspace, platform="host", interpreter=running)
    assert caught.value.name == "no-such-group"


def test_every_user_can_read_a_bundle_whatever_the_umask(
    workspace: Workspace, running: Interpreter, tmp_path: Path
) -> None:
    """Under the strictest umask, files are 0644 and folders 0755: Lambda runs them as a user of its own."""
    contents = module(tmp_path, "VALUE = 'read by everyone'\n")
    before = os.umask(0o077)
    try:
        folder = build(contents, workspace=workspace, platform="host", interpreter=running)
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}
    assert {mode for path, mode in modes.items() if path.is_file()} <= {0o644, 0o755}


def test_a_module_that_is_no_python_fails_the_build(workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """What can't be compiled is found when the bundle is built, and leaves no bundle behind."""
    contents = module(tmp_path, "def broken(:\n")
    before = set(workspace.bundles.iterdir())
    with pytest.raises(CommandFailedError, match=r"alone\.py"):
        build(contents, workspace=workspace, platform="host", interpreter=running)
    assert set(workspace.bundles.iterdir()) == before


def test_a_workspace_is_found_from_below_or_not_at_all(tmp_path: Path) -> None:
    """The root is the folder of the lock; without one the error says where it was looked for."""
    assert (_CHECKOUT.root / "uv.lock").is_file()
    with pytest.raises(BundleError, match=r"no uv\.lock above"):
        Workspace.of(tmp_path / "file")


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
