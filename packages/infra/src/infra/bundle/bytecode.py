"""Making a filled folder a bundle: without what only an installer reads, compiled, and open to every user.

A .pyc that is missing or stale costs 2.6 to 3.4 times the cold start (measured). Lambda can't write one, and the
times of files do not survive packing, so the check against the source is left out: PEP 552's unchecked hash.
"""

import os
import shutil
from pathlib import Path

from .interpreter import Interpreter
from .target import TASK_ROOT
from .workspace import run

_INSTALLERS = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")
"""Files of a .dist-info that say how it was installed: paths and times of the machine that built it."""


def prune(folder: Path) -> None:
    """Remove what only an installer reads, and the scripts: they name the interpreter that installed them."""
    for name in _INSTALLERS:
        for path in folder.glob(f"*.dist-info/{name}"):
            path.unlink()
    (folder / ".lock").unlink(missing_ok=True)
    shutil.rmtree(folder / "bin", ignore_errors=True)


def compile_all(folder: Path, interpreter: Interpreter) -> None:
    """Compile every module of a folder, as code of Lambda's task root.

    Raises:
        CommandFailedError: a module is not valid in this minor version.
    """
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", TASK_ROOT]
    run([str(interpreter.executable), "-I", "-m", "compileall", *options, str(folder)], folder)


def open_to_all(folder: Path) -> None:
    """Let every user read the files of a folder and open its folders, whatever the umask was.

    Lambda runs a function as a user that owns none of its files.
    """
    for parent, _folders, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in (Path(parent, name) for name in files):
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
