"""Bundles of the tests' own: built apart from those of the checkout, once for each worker."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.manifest import Function
from functions.manifest import HEALTH, PROVISION
from infra.bundle import (
    Bundle,
    Contents,
    Interpreter,
    InterpreterNotFoundError,
    Workspace,
    build,
    find,
    of_function,
    of_group,
    zipped,
)

DEPLOYED: tuple[Function, ...] = (HEALTH, PROVISION)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return Workspace.of(Path(__file__)).root


@pytest.fixture(scope="session")
def workspace(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace, with a folder for bundles of the tests' own."""
    return Workspace(root, tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="session")
def running() -> Interpreter:
    """The interpreter of the tests: it can always build for this machine."""
    return find(f"{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture(scope="session")
def compiler() -> Interpreter:
    """The interpreter that compiles what is deployed; where there is none, the test is skipped."""
    try:
        return find()
    except InterpreterNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def health(workspace: Workspace, running: Interpreter) -> Path:
    """The bundle of the health function for this machine."""
    return build(of_function(HEALTH), workspace=workspace, platform="host", interpreter=running)


@pytest.fixture(scope="session")
def provision(workspace: Workspace, running: Interpreter) -> Path:
    """The bundle of the provision function for this machine."""
    return build(of_function(PROVISION), workspace=workspace, platform="host", interpreter=running)


@pytest.fixture(scope="session")
def deployed(workspace: Workspace, compiler: Interpreter) -> Mapping[str, Path]:
    """The bundles as they are deployed, by the functions' names."""
    return {
        function.name: build(of_function(function), workspace=workspace, platform="deployed", interpreter=compiler)
        for function in DEPLOYED
    }


@pytest.fixture(scope="session")
def floor(workspace: Workspace, running: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A small bundle, zipped."""
    contents = module(tmp_path_factory.mktemp("floor"), "A = 1\n")
    return zipped(contents, workspace=workspace, platform="host", interpreter=running)


def module(folder: Path, text: str) -> Contents:
    """Return contents of one module that imports nothing, and the group of the bench's floor."""
    folder.mkdir(exist_ok=True)
    file = folder / "alone.py"
    file.write_text(text)
    return of_group("bench-floor", (file,))


def copy_of(root: Path, copy: Path) -> Path:
    """Copy what bundles are built from to a folder that is not there yet, and return it."""
    for project in root.glob("packages/*/pyproject.toml"):
        package = copy / "packages" / project.parent.name
        shutil.copytree(project.parent / "src", package / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(project, package)
    for name in ("uv.lock", "pyproject.toml"):
        shutil.copy(root / name, copy)
    return copy
