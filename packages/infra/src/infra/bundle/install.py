"""Filling the folder of a bundle: distributions by the lock's versions and hashes, and our own as wheels."""

import os
import shutil
from pathlib import Path

from .interpreter import Interpreter
from .target import DEPLOYED_PYTHON, DEPLOYED_WHEELS, Platform
from .workspace import Workspace

_INSTALL = ("pip", "install", "--quiet", "--no-deps", "--link-mode", "copy")
"""An export holds the whole closure, so nothing is resolved. Files are copied, never shared with uv's cache."""


def install_locked(
    requirements: Path, into: Path, *, workspace: Workspace, platform: Platform, interpreter: Interpreter
) -> None:
    """Install the distributions of a requirements file into a folder.

    Raises:
        CommandFailedError: uv failed: a distribution has no wheel for the platform, or a hash differs.
    """
    chosen = (*_target(into, interpreter), *_wheels(platform))
    workspace.uv(*_INSTALL, *chosen, "--require-hashes", "--requirements", str(requirements))


def install_members(
    members: tuple[Path, ...], into: Path, *, wheels: Path, workspace: Workspace, interpreter: Interpreter
) -> None:
    """Build the workspace's own packages as wheels, into a folder of their own, and install those.

    Raises:
        CommandFailedError: uv failed: a package can't be built.
    """
    for member in members:
        python = ("--python", str(interpreter.executable))
        workspace.uv("build", "--quiet", "--wheel", *python, "--out-dir", str(wheels), str(member))
    built = sorted(wheels.glob("*.whl"))
    if built:
        workspace.uv(*_INSTALL, *_target(into, interpreter), *map(str, built))


def place(modules: tuple[Path, ...], into: Path) -> None:
    """Copy files and folders to the top of a bundle."""
    for module in modules:
        if module.is_dir():
            shutil.copytree(module, into / module.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(module, into)


def open_to_all(folder: Path) -> None:
    """Let every user read the files of a folder and open its folders, whatever the umask was.

    Lambda runs a function as a user that owns none of its files.
    """
    for parent, _folders, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in (Path(parent, name) for name in files):
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def _target(into: Path, interpreter: Interpreter) -> tuple[str, ...]:
    return ("--target", str(into), "--python", str(interpreter.executable))


def _wheels(platform: Platform) -> tuple[str, ...]:
    if platform == "host":
        return ()  # what has no wheel for this machine can be built on it: awslambdaric on macOS
    return ("--only-binary", ":all:", "--python-platform", DEPLOYED_WHEELS, "--python-version", DEPLOYED_PYTHON)
