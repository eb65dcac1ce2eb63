"""Bundles, built by uv from the lock."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.manifest import Function
from functions.manifest import HEALTH
from infra.bundle import (
    BundleError,
    CommandFailedError,
    Interpreter,
    NotInLockError,
    Workspace,
    build,
    of_function,
    of_group,
)
from infra.bundle.build import forget_old

from .conftest import DEPLOYED, copy_of, module

pytestmark = pytest.mark.network

_UNCHECKED_HASH = 0b01
"""The flags of a .pyc that is never held against its source (PEP 552)."""


def bytecode(bundle: Path) -> Iterator[Path]:
    """Yield the compiled modules."""
    return bundle.rglob("*.pyc")


@pytest.mark.parametrize("function", DEPLOYED, ids=lambda function: function.name)
def test_a_bundle_runs_without_anything_else(function: Function, workspace: Workspace, running: Interpreter) -> None:
    """Every handler can be imported from its bundle alone, and comes from there."""
    bundle = build(of_function(function), workspace=workspace, platform="host", interpreter=running)
    handler = function.handler.rpartition(".")[0]
    code = f"import sys; sys.path.append({str(bundle)!r}); import {handler}, psycopg; "
    code += f"print({handler}.__file__, psycopg.__file__, sep='\\n')"
    done = subprocess.run([running.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(Path(file).is_relative_to(bundle) for file in done.stdout.split())


def test_every_module_is_compiled_and_never_checked(health: Path) -> None:
    """Each source of ours has its bytecode beside it, and all bytecode is marked as not to be held against a source."""
    for source in health.rglob("*.py"):
        assert Path(importlib.util.cache_from_source(str(source))).is_file(), f"{source} is not compiled"
    for compiled in bytecode(health):
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == _UNCHECKED_HASH


def test_sources_are_ours_alone(health: Path) -> None:
    """Of a dependency there is the bytecode, where its source was; a traceback shows our own lines."""
    assert {path.relative_to(health).parts[0] for path in health.rglob("*.py")} == {"core", "functions"}
    assert (health / "psycopg/connection.pyc").is_file()


def test_bytecode_that_an_installer_has_made_is_left_out(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace, running: Interpreter, tmp_path: Path
) -> None:
    """Whatever a person's uv is set to, a dependency has no bytecode but the bundle's own."""
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    apart = replace(workspace, bundles=tmp_path / "bundles")
    bundle = build(module(tmp_path, "A = 1\n"), workspace=apart, platform="host", interpreter=running)
    assert [path.parent for path in bundle.rglob("__pycache__")] == [bundle]


def test_bytecode_says_it_comes_from_where_lambda_unpacks_it(health: Path) -> None:
    """No bytecode names the folder it was built in: a traceback on Lambda names the files there."""
    for compiled in bytecode(health):
        assert str(health).encode() not in compiled.read_bytes()
        assert str(health.parent).encode() not in compiled.read_bytes()
    handler = Path(importlib.util.cache_from_source(str(health / "functions/health/handler.py")))
    assert b"/var/task/functions/health/handler.py" in handler.read_bytes()


def test_nothing_of_the_installation_is_left(health: Path) -> None:
    """What only an installer reads, and what names this machine, is not in a bundle."""
    kept = {path.relative_to(health).parts[1] for path in health.glob("*.dist-info/*")}
    assert kept <= {"METADATA", "entry_points.txt", "licenses"}
    assert not {path.name for path in health.rglob("*")} & {"bin", ".lock", "RECORD", "direct_url.json"}


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


def test_a_changed_package_of_the_workspace_makes_another_bundle(
    root: Path, running: Interpreter, tmp_path: Path
) -> None:
    """A package's wheel is built from its sources as they are now; what else lies in its folder does not count."""
    copied = Workspace(copy_of(root, tmp_path / "copy"), tmp_path / "bundles")

    def built() -> Path:
        return build(of_function(HEALTH), workspace=copied, platform="host", interpreter=running)

    before, core = built(), copied.root / "packages" / "core"
    for beside in (".hypothesis/seen", "tests/test_more.py", "src/core/__pycache__/left.pyc"):
        (core / beside).parent.mkdir(parents=True, exist_ok=True)
        (core / beside).write_text("")
    assert built() == before
    (core / "src/core/more.py").write_text("A = 1\n")
    assert (built() / "core/more.py").is_file()
    assert not (before / "core/more.py").exists()


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
    assert kept - {".lock"} == {
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
    before = {*workspace.bundles.iterdir(), workspace.bundles / ".lock"}
    with pytest.raises(CommandFailedError, match=r"alone\.py"):
        build(contents, workspace=workspace, platform="host", interpreter=running)
    assert set(workspace.bundles.iterdir()) == before


def test_a_workspace_is_found_from_below_or_not_at_all(tmp_path: Path) -> None:
    """The root is the folder of the lock; without one the error says where it was looked for."""
    assert (Workspace.of(Path(__file__)).root / "uv.lock").is_file()
    with pytest.raises(BundleError, match=r"no uv\.lock above"):
        Workspace.of(tmp_path / "file")
