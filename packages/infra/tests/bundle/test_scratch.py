"""Hidden folders that bundles are built in."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.bundle import Interpreter, Workspace, build
from infra.bundle.scratch import remove_abandoned, scratch

from .conftest import module

HOLD = """
import sys
from pathlib import Path
from infra.bundle.scratch import scratch
with scratch(Path(sys.argv[1]), "other") as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def building(beside: Path) -> Generator[tuple["subprocess.Popen[str]", Path]]:
    """Have another process build beside, until it is told to end."""
    command = [sys.executable, "-c", HOLD, str(beside)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())


@pytest.mark.slow
def test_what_a_killed_build_has_left_is_removed(tmp_path: Path) -> None:
    """A process that was killed could not clean up: its folder is there until somebody looks."""
    with building(tmp_path) as (process, folder):
        process.kill()
        process.wait()
        assert (folder / "file").exists()
        remove_abandoned(tmp_path)
        assert not folder.exists()


@pytest.mark.slow
def test_what_a_running_build_has_is_left_alone(tmp_path: Path) -> None:
    """As long as its process lives, a folder is its own, and it is gone when the process is done."""
    with building(tmp_path) as (process, folder):
        remove_abandoned(tmp_path)
        assert (folder / "file").exists()
        process.communicate()
        assert not folder.exists()


def test_ones_own_is_left_alone(tmp_path: Path) -> None:
    """Another build of the same process, in another thread, is a running one too."""
    with scratch(tmp_path, "own") as folder:
        remove_abandoned(tmp_path)
        assert folder.is_dir()
    assert not folder.exists()


def test_what_is_not_hidden_is_left_alone(tmp_path: Path) -> None:
    """Bundles that are done are nobody's, and stay."""
    (tmp_path / "health-host-0").mkdir()
    remove_abandoned(tmp_path)
    assert (tmp_path / "health-host-0").is_dir()


@pytest.mark.network
def test_the_next_build_removes_what_was_left(workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """Nobody has to know of it."""
    left = workspace.bundles / ".health-host-6.killed"
    (left / "bundle").mkdir(parents=True)
    build(module(tmp_path, "A = 'next'\n"), workspace=workspace, platform="host", interpreter=running)
    assert not left.exists()
