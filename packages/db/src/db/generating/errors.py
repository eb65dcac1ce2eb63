"""What can go wrong with writing a revision."""

from collections.abc import Sequence
from pathlib import Path

from db.errors import DbError


class GeneratingError(DbError):
    """Anything that writing a revision raises by itself."""


class MessageError(GeneratingError):
    """What was said of the change makes no name for a file."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(
            f'{message!r} {reason}: say in a few words what changes, as in `nox -s generate -- "add a rating to mocs"`'
        )
        self.message = message


class FileThereError(GeneratingError):
    """There is such a revision of today already.

    Attributes:
        file: its file.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file.name} is there already, of today and with this message: give another message")
        self.file = file


class RevisionDoesNotRunError(GeneratingError):
    """What was written does not run on an empty database; it was kept for a person to finish.

    Attributes:
        files: the files of the revisions.
    """

    def __init__(self, files: Sequence[Path], reason: str, warnings: Sequence[str]) -> None:
        names = " and ".join(str(file) for file in files)
        warned = "".join(f"; warning: {warning}" for warning in warnings)
        super().__init__(f"written, but it does not run yet, so finish or delete it: {names}; {reason}{warned}")
        self.files = tuple(files)
