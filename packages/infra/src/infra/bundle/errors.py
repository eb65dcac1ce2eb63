"""The errors of building a bundle."""

from collections.abc import Sequence
from pathlib import Path


class BundleError(Exception):
    """A bundle can't be built."""


class InterpreterNotFoundError(BundleError):
    """This machine has no interpreter of the minor version that compiles the bundle.

    Attributes:
        minor: the minor version looked for: `3.13`.
        tried: the executables that were run and are not one.
    """

    def __init__(self, minor: str, tried: Sequence[Path]) -> None:
        looked = f" ({', '.join(map(str, tried))} does not run as one)" if tried else ""
        super().__init__(
            f"no Python {minor} on the PATH, among pyenv's or among uv's{looked}: bytecode is only good for the minor "
            f"version that compiled it. Install one with `uv python install {minor}` or `pyenv install {minor}`"
        )
        self.minor = minor
        self.tried = tuple(tried)


class CommandFailedError(BundleError):
    """A program that the build runs has failed.

    Attributes:
        command: the program and its arguments.
        output: what it wrote.
    """

    def __init__(self, command: Sequence[str], output: str) -> None:
        super().__init__(f"`{' '.join(command)}` failed:\n{output.strip()}")
        self.command = tuple(command)
        self.output = output


class NotInLockError(BundleError):
    """The lock does not hold what the bundle is to carry.

    Attributes:
        name: the function or dependency group.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the lock does not have what {name} carries; run `uv lock`:\n{reason.strip()}")
        self.name = name


class FolderNotEmptyError(BundleError):
    """The folder that a bundle is to be put into has something in it.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty: name a folder that is not there yet")
        self.folder = folder
