"""The workspace whose lock and sources bundles are built from."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .errors import BundleError, CommandFailedError


@dataclass(frozen=True, slots=True)
class Workspace:
    """A uv workspace.

    Attributes:
        root: the folder of its `uv.lock`.
        bundles: the folder of the bundles built before; its folder `zips` has them zipped.
    """

    root: Path
    bundles: Path

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the workspace that holds a path.

        Raises:
            BundleError: no folder above the path has a lock.
        """
        for folder in path.resolve().parents:
            if (folder / "uv.lock").is_file():
                return cls(folder, folder / ".local" / "bundles")
        raise BundleError(f"there is no uv.lock above {path}: run from a checkout of the workspace")

    @property
    def zips(self) -> Path:
        """The folder of the bundles zipped before."""
        return self.bundles / "zips"

    def uv(self, *arguments: str) -> str:
        """Run uv in the workspace and return what it wrote to its standard output.

        Raises:
            CommandFailedError: it failed.
        """
        return run([os.environ.get("UV", "uv"), *arguments], self.root)


def run(command: list[str], folder: Path) -> str:
    """Run a program in a folder and return what it wrote to its standard output.

    Raises:
        CommandFailedError: it could not be started, or it failed.
    """
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CommandFailedError(command, str(error)) from error
    if done.returncode != 0:
        raise CommandFailedError(command, done.stdout + done.stderr)
    return done.stdout
