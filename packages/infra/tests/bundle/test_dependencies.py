"""Dependencies without their sources: whatever can be imported of them can be so still."""

import subprocess
from pathlib import Path

import pytest

from functions.manifest import PROVISION
from infra.bundle import Interpreter, Workspace, of_function
from infra.bundle.contents import pin
from infra.bundle.workspace import run

pytestmark = [pytest.mark.network, pytest.mark.slow]

IMPORT = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
sys.path.append(sys.argv[1])
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(name, type(error).__name__, error)
    else:
        print(name)
"""
"""Some modules need what is not installed, or are to be run by their own program: those fail, either way alike."""


@pytest.fixture(scope="module")
def complete(workspace: Workspace, running: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provision function's dependencies as they are installed, with everything."""
    folder = tmp_path_factory.mktemp("complete")
    requirements = folder / "requirements.txt"
    requirements.write_text(pin(of_function(PROVISION), workspace).requirements)
    installed = ["--target", str(folder / "site"), "--python", str(running.executable), "--no-deps", "--quiet"]
    workspace.uv("pip", "install", *installed, "--requirements", str(requirements))
    return folder / "site"


def imported(names: list[str], folder: Path, running: Interpreter) -> list[str]:
    """Return what comes of importing modules from a folder alone, one after another."""
    command = [str(running.executable), "-I", "-S", "-c", IMPORT, str(folder)]
    done = subprocess.run(command, input="\n".join(names), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(str(folder), "FOLDER").splitlines()


def test_every_module_is_imported_as_it_is_with_its_sources(
    provision: Path, complete: Path, running: Interpreter
) -> None:
    """Each module of each dependency gives what it gives where everything is installed."""
    modules = [path.relative_to(provision).with_suffix("") for path in provision.rglob("*.pyc")]
    names = sorted(".".join(path.parts) for path in modules if all(part.isidentifier() for part in path.parts))
    dependencies = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    assert len(dependencies) > 200
    found = imported(dependencies, provision, running)
    assert found == imported(dependencies, complete, running)
    assert len([line for line in found if " " in line]) < 20


def test_versions_and_entry_points_are_known(provision: Path, complete: Path, running: Interpreter) -> None:
    """`importlib.metadata` answers as it does where everything is installed."""
    ask = """
import sys
from importlib.metadata import distributions
for found in sorted(distributions(path=[sys.argv[1]]), key=lambda found: found.name):
    print(found.name, found.version, *sorted(map(str, found.entry_points)), found.requires)
"""
    told = [
        run([str(running.executable), "-I", "-c", ask, str(folder)], folder).splitlines()
        for folder in (provision, complete)
    ]
    ours = {line for line in told[0] if line.startswith("mocstack-")}
    assert [line for line in told[0] if line not in ours] == told[1]
    assert len(ours) == 3
