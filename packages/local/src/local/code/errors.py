"""What is wrong with the sources."""

from pathlib import Path

from local.errors import LocalError


class CodeError(LocalError):
    """The sources can't be run."""


class SourceError(CodeError):
    """A source file can't be compiled.

    Attributes:
        path: the file.
        line: the line, counted from 1; None where the compiler gives none.
    """

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
