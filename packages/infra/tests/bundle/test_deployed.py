"""The bundles as they are deployed: for arm64 and the runtime's Python, with nothing of the machine that built them."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.bundle import DEPLOYED_PYTHON, Interpreter, Workspace

pytestmark = pytest.mark.network

_ELF = b"\x7fELF"
_AARCH64 = 183
"""EM_AARCH64, the machine in an ELF header."""


def files(deployed: Mapping[str, Path]) -> Iterator[Path]:
    """Yield every file of every bundle."""
    for folder in deployed.values():
        yield from (path for path in folder.rglob("*") if path.is_file())


def test_all_machine_code_is_for_arm64(deployed: Mapping[str, Path]) -> None:
    """Every ELF file, whatever its name, is of the architecture that runs it."""
    machines = {path: machine(path) for path in files(deployed) if path.read_bytes()[:4] == _ELF}
    assert len([path for path in machines if ".so" in path.name]) > 20
    assert {path: found for path, found in machines.items() if found != _AARCH64} == {}


def test_every_library_is_an_elf_file(deployed: Mapping[str, Path]) -> None:
    """None is of another system's form."""
    libraries = [
        path for path in files(deployed) if ".so" in path.suffixes or path.suffix in (".dylib", ".pyd", ".dll")
    ]
    assert {path for path in libraries if path.read_bytes()[:4] != _ELF} == set()


def test_extension_modules_are_for_the_deployed_python(deployed: Mapping[str, Path]) -> None:
    """Another version's would be passed over without a word, for slower code or none."""
    suffix = f".cpython-{DEPLOYED_PYTHON.replace('.', '')}-aarch64-linux-gnu.so"
    modules = [path.name for path in files(deployed) if ".cpython-" in path.name and path.suffix == ".so"]
    assert modules
    assert {name for name in modules if not name.endswith(suffix)} == set()


def test_all_bytecode_is_of_the_deployed_python(deployed: Mapping[str, Path], compiler: Interpreter) -> None:
    """The magic number of each file is that of the minor version that runs it, and its name says no other."""
    ask = "import importlib.util as util, sys; sys.stdout.buffer.write(util.MAGIC_NUMBER)"
    magic = subprocess.run([compiler.executable, "-I", "-c", ask], capture_output=True, check=True).stdout
    compiled = [path for path in files(deployed) if path.suffix == ".pyc"]
    assert {path for path in compiled if path.read_bytes()[:4] != magic} == set()
    tagged = {path.suffixes[0] for path in compiled if path.parent.name == "__pycache__"}
    assert tagged == {f".cpython-{DEPLOYED_PYTHON.replace('.', '')}"}


def test_no_file_names_a_place_of_this_machine(
    deployed: Mapping[str, Path], workspace: Workspace, compiler: Interpreter
) -> None:
    """Neither where it was built, nor the checkout, the home or the interpreter."""
    places = (workspace.bundles, workspace.root, Path.home(), compiler.executable.parent)
    named = b"|".join(re.escape(str(place).encode()) for place in places if place != Path("/"))
    # A root's home is a word that also ends other paths: /opt/rh/gcc-toolset-14/root/usr.
    path_of_this_machine = re.compile(rb"(?<![\w.-])(?:" + named + rb")/")
    found = {path: path_of_this_machine.search(path.read_bytes()) for path in files(deployed)}
    assert {path: match for path, match in found.items() if match} == {}


def test_what_distributions_are_tested_with_is_left_out(deployed: Mapping[str, Path]) -> None:
    """Their tests, and what only type checkers and compilers read, are not deployed."""
    left = {path for folder in deployed.values() for path in folder.rglob("*") if path.name in ("testing", "tests")}
    assert left == set()
    assert {path for path in files(deployed) if path.suffix in (".pyi", ".pyx", ".pxd", ".c", ".h")} == set()


def machine(path: Path) -> int:
    """Return the machine that an ELF header names; both byte orders of it are refused but the little one."""
    header = path.read_bytes()[:20]
    assert header[4:6] == b"\x02\x01", f"{path} is no little-endian file of 64 bits"
    return int.from_bytes(header[18:20], "little")
