"""The errors of building a bundle: each a sentence in a line."""

import itertools
from collections.abc import Sequence
from pathlib import Path

from infra.errors import InfraError


class BundleError(InfraError):
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
            f"there is no Python {minor} on the PATH, among pyenv's or among uv's{looked}, and bytecode is only good "
            f"for the minor version that compiled it: install one with `uv python install {minor}` or "
            f"`pyenv install {minor}`"
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
        super().__init__(f"`{_spoken(command)}` failed: {in_a_line(output)}")
        self.command = tuple(command)
        self.output = output


class NotInLockError(BundleError):
    """The lock does not hold what the bundle is to carry.

    Attributes:
        name: the function or dependency group.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the lock does not have what {name} carries; run `uv lock`: {in_a_line(reason)}")
        self.name = name


class MissingRootError(BundleError):
    """The list of authorities lacks a root that AWS's services are certified by.

    Attributes:
        root: its common name.
        authorities: the file that was looked through.
    """

    def __init__(self, root: str, authorities: Path) -> None:
        super().__init__(
            f'there is no certificate of "{root}" in {authorities}, and every function needs it for TLS: '
            "`uv lock --upgrade-package certifi` takes the newest list; if it is not in that, AWS has retired it, and "
            "the list in infra.bundle.roots is to follow https://www.amazontrust.com/repository/"
        )
        self.root = root
        self.authorities = authorities


class BundleTooLargeError(BundleError):
    """A bundle, or all of a stage together, is larger than it may be.

    Attributes:
        subject: the bundle, or all of them.
        size: its size, in bytes.
        limit: how large it may be, in bytes.
        largest: the distributions that take most of it, with their sizes in bytes.
    """

    def __init__(self, subject: str, how: str, size: int, limit: int, largest: Sequence[tuple[str, int]]) -> None:
        parts = ", ".join(f"{name} {part / 1e6:.2f} MB" for name, part in largest)
        super().__init__(
            f"the bundle of {subject} has {size / 1e6:.2f} MB {how}, and may have {limit / 1e6:.2f} MB; most of it is "
            f"{parts}: take out of the function's extra in packages/functions/pyproject.toml what it does not need"
        )
        self.subject = subject
        self.size = size
        self.limit = limit
        self.largest = tuple(largest)


class FolderNotEmptyError(BundleError):
    """The folder that a bundle is to be put into has something in it.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty: name a folder that is not there yet")
        self.folder = folder


_FIGURES = dict.fromkeys((0xD7, *range(0x2500, 0x2580), *range(0x25A0, 0x2600)), " ")
"""A multiplication sign, lines and arrow heads: uv's picture of what failed because of what."""


def in_a_line(output: str) -> str:
    """Return what a program wrote as one line, without the figures that uv draws."""
    return " ".join(output.translate(_FIGURES).split())


def _spoken(command: Sequence[str]) -> str:
    words = itertools.takewhile(lambda word: not word.startswith("-"), command[1:])
    return " ".join((Path(command[0]).name, *words))
