"""Filling the folder of a bundle: distributions by the lock's versions and hashes, and our own as wheels."""

import shutil
import tempfile
from pathlib import Path

from .contents import Pinned
from .interpreter import Interpreter
from .target import DEPLOYED_PYTHON, DEPLOYED_WHEELS, Platform
from .workspace import Workspace

_INSTALL = ("pip", "install", "--quiet", "--no-deps", "--link-mode", "copy")
"""An export holds the whole closure, so nothing is resolved. Files are copied, never shared with uv's cache."""


def install(pinned: Pinned, into: Path, *, workspace: Workspace, platform: Platform, interpreter: Interpreter) -> None:
    """Install a pinned selection into a folder.

    Raises:
        CommandFailedError: uv failed: a distribution has no wheel for the platform, or a hash differs.
    """
    target = ["--target", str(into), "--python", str(interpreter.executable)]
    with tempfile.TemporaryDirectory(prefix="bundle-") as temporary:
        requirements = Path(temporary, "requirements.txt")
        requirements.write_text(pinned.requirements, encoding="utf-8")
        chosen = _wheels(platform)
        workspace.uv(*_INSTALL, *target, *chosen, "--require-hashes", "--requirements", str(requirements))
        wheels = _build(pinned.members, Path(temporary, "wheels"), workspace, interpreter)
        if wheels:
            workspace.uv(*_INSTALL, *target, *map(str, wheels))


def place(modules: tuple[Path, ...], into: Path) -> None:
    """Copy files and folders to the top of a bundle."""
    for module in modules:
        if module.is_dir():
            shutil.copytree(module, into / module.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(module, into)


def _wheels(platform: Platform) -> tuple[str, ...]:
    if platform == "host":
        return ()  # what has no wheel for this machine can be built on it: awslambdaric on macOS
    return ("--only-binary", ":all:", "--python-platform", DEPLOYED_WHEELS, "--python-version", DEPLOYED_PYTHON)


def _build(members: tuple[Path, ...], out: Path, workspace: Workspace, interpreter: Interpreter) -> list[Path]:
    for member in members:
        python = ("--python", str(interpreter.executable))
        workspace.uv("build", "--quiet", "--wheel", *python, "--out-dir", str(out), str(member))
    return sorted(out.glob("*.whl"))
