"""The interpreter that compiles a bundle: one of the deployed minor version, wherever this machine has it.

Shims are on the PATH under that name even where nothing is behind them, so a candidate counts only once it has run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from .errors import InterpreterNotFoundError
from .target import DEPLOYED_PYTHON

_ASK = (
    "import json, sys; print(json.dumps(['.'.join(map(str, sys.version_info[:3])), sys.base_prefix, sys.executable]))"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs on this machine.

    Attributes:
        executable: its full path, outside any virtual environment.
        version: `3.13.0`.
    """

    executable: Path
    version: str

    @property
    def minor(self) -> str:
        """The minor version: `3.13`."""
        return self.version.rpartition(".")[0]


def find(minor: str = DEPLOYED_PYTHON) -> Interpreter:
    """Return an interpreter of a minor version: the running one, or one of the PATH, of pyenv or of uv.

    Raises:
        InterpreterNotFoundError: there is none; it says how to get one.
    """
    tried: list[Path] = []
    for candidate in _candidates(minor):
        found = inspect(candidate)
        if found is not None and found.minor == minor:
            return found
        tried.append(candidate)
    raise InterpreterNotFoundError(minor, tried)


def inspect(executable: Path) -> Interpreter | None:
    """Run an executable and return the interpreter behind it, or None when it is not one."""
    try:
        answer = subprocess.run([executable, "-I", "-c", _ASK], capture_output=True, text=True, timeout=30, check=True)
        version, prefix, itself = cast("list[str]", json.loads(answer.stdout))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    # A virtual environment is no place to run a bundle from: its packages would be found beside the bundle's.
    own = Path(prefix, "bin", f"python{version.rpartition('.')[0]}")
    return Interpreter(own if own.exists() else Path(itself), version)


def _candidates(minor: str) -> Iterator[Path]:
    name = f"python{minor}"
    if sys.version.startswith(f"{minor}."):
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        yield from _existing(Path(folder, name))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{minor}.*/bin/{name}"), reverse=True)
    for folder in _managed_by_uv():
        yield from sorted(folder.glob(f"cpython-{minor}.*/bin/{name}"), reverse=True)


def _existing(path: Path) -> Iterator[Path]:
    if path.exists():
        yield path


def _managed_by_uv() -> Iterator[Path]:
    uv = os.environ.get("UV", "uv")
    try:
        answer = subprocess.run([uv, "python", "dir"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return
    yield Path(answer.stdout.strip())
