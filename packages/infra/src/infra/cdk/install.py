"""Installing the command line of the CDK, once per checkout and lock."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .errors import InstallError
from .node import npm

_DECLARED: Final = tuple(Path(__file__).with_name(name) for name in ("package.json", "package-lock.json"))
_PROGRAM: Final = Path("node_modules", "aws-cdk", "bin", "cdk")
# No program of a package is run, nothing is asked of the registry but the package, and npm's advice is not ours.
_OPTIONS: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_SHOWN_LINES = 3
"""How many lines of npm's errors are repeated: its code, the request, the reason."""


def installed(local: Path, say: Callable[[str], object], *, install: Sequence[str] | None = None) -> Path:
    """Return the script of the command line, installed now or found as it was installed before.

    It is there whole or not at all: one that was killed half-way is done anew, and of two at once one waits.

    Args:
        local: the checkout's folder of what is fetched, `.local`.
        say: takes the line that says that it is being installed.
        install: the command line of npm; for tests.

    Raises:
        InstallError: npm can't install it, and says why.
        NodeNotFoundError: there is no npm.
    """
    folder = local / "cdk" / _key()
    if not (folder / _PROGRAM).is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.parent / "lock"):
            if not folder.is_dir():  # another may have done it meanwhile
                say("installing the CDK's command line, 30 MB, once")
                _install(folder, install or npm())
    return folder / _PROGRAM


def _key() -> str:
    digest = hashlib.sha256()
    for file in _DECLARED:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Hold a lock between processes; the kernel frees that of one that is killed."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(folder: Path, command: Sequence[str]) -> None:
    partial = folder.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)  # of one that was killed
    partial.mkdir()
    for file in _DECLARED:
        shutil.copy(file, partial)
    try:
        done = subprocess.run([*command, "ci", *_OPTIONS], cwd=partial, capture_output=True, text=True, check=False)
    except OSError as error:
        raise InstallError(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0 or not (partial / _PROGRAM).is_file():
        raise InstallError(_reason(done.stderr or done.stdout))
    partial.rename(folder)


def _reason(said: str) -> str:
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines() if line.startswith("npm error")]
    return "; ".join([line for line in lines if line][:_SHOWN_LINES]) or "npm does not say why"
