"""Having stages synthesized, each set of them once a run, whoever asks first."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final, TypeAlias

from .model import Templates, Written

TemplatesOf: TypeAlias = Callable[[str], Templates]
"""Gives the resolved templates of a release, by its name."""
WrittenOf: TypeAlias = Callable[[str], Written]
"""Gives what was synthesized of a change, by its name."""

_PROGRAM: Final = Path(__file__).parent / "synthesize.py"


@dataclass(frozen=True, slots=True)
class Synthesize:
    """Has assemblies made in a process of its own.

    Attributes:
        folder: a folder that the workers of a run share.
    """

    folder: Path

    def __call__(self, name: str, releases: Sequence[str], *options: str, hash_seed: int = 0) -> Path:
        """Return a folder with an assembly of each release, made now or by another worker of the run.

        Args:
            name: what the folder is kept under.
            releases: their names.
            options: further arguments of the program.
            hash_seed: the order in which that process has sets.
        """
        folder = self.folder / f"assemblies-{name}"
        with folder.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not (folder / "made").exists():
                folder.mkdir(exist_ok=True)
                command = (sys.executable, str(_PROGRAM), str(folder), *releases, *options)
                environment = environ() | {"PYTHONHASHSEED": str(hash_seed)}
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, f"no templates were synthesized:\n{done.stderr[-4000:]}"
                (folder / "made").touch()
        return folder


def environ() -> dict[str, str]:
    """Return an environment without an account, credentials or settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_", "MOCSTACK_"))}
