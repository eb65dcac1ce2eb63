"""A clone of the checkout, as a newcomer has it: everything that git would track, with an environment of its own."""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.paths import data_folder
from local.stage import Stage

ROOT = Path(__file__).parents[1]


def uv() -> str:
    """Return the uv that runs the tests, or the one on the PATH."""
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        raise FileNotFoundError("uv is not on the PATH")
    return found


@dataclass(frozen=True)
class Clone:
    """A clone of the checkout, as a newcomer has it.

    Attributes:
        folder: its folder.
    """

    folder: Path

    @property
    def stage(self) -> Path:
        """The folder of its local stage."""
        return self.folder / ".local"

    def command(self, *words: str) -> list[str]:
        """Return the command line of a nox session, as the README gives it."""
        return [uv(), "run", "nox", "-s", *words]

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a newcomer's shell: nothing of the test's own virtual environment."""
        hidden = ("VIRTUAL_ENV", "UV", "UV_", "PYTEST", "NOX", "PYTHON", "AWS_", "MOCSTACK_")
        return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}

    def session(self, *words: str, timeout: float = 300) -> "subprocess.CompletedProcess[str]":
        """Run a nox session to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )


@contextmanager
def open_clone(folder: Path) -> Generator[Clone]:
    """Copy the checkout to a new folder; at the end nothing is left of its engines' data, wherever that is."""
    clone = _make(folder)
    try:
        yield clone
    finally:
        clone.session("stop")
        for stage in (clone.stage, clone.stage / "bench"):  # the bench keeps one of its own
            if stage.exists():
                Stage(stage, user="tests").reset()
    left = data_folder(clone.stage)
    assert not left.exists(), f"{left} is left"


def _make(folder: Path) -> Clone:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git, as everyone has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return Clone(folder)
