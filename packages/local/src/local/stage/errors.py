"""What can go wrong with a stage as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .users import User


class StageFolderError(LocalError):
    """The folder of the stage can't be used.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} can't be used: {reason}")
        self.folder = folder


class StageInUseError(LocalError):
    """The data can't be thrown away, because someone uses it.

    Attributes:
        users: who.
    """

    def __init__(self, folder: Path, users: "Sequence[User]") -> None:
        who = ", ".join(f"{user.name} (process {user.pid})" for user in users)
        super().__init__(
            f"the stage in {folder} is in use by {who}: end that first, with `nox -s stop` or Ctrl-C there"
        )
        self.users = tuple(users)
