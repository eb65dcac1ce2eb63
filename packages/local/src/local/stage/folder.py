"""The folder of a stage: the developer's own, closed to everyone else."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .errors import StageFolderError


@contextmanager
def folder_errors(stage: Path) -> Generator[None]:
    """Turn what the file system refuses inside of a stage's folder into one sentence."""
    try:
        yield
    except OSError as error:
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        raise StageFolderError(stage, f"{what}; make room, or make it a folder that you can write") from error


def make_folder(stage: Path) -> None:
    """Make the folder of a stage, and what is always in it.

    Raises:
        StageFolderError: it can't be made, or belongs to another user.
    """
    with folder_errors(stage):
        stage.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = stage.stat().st_uid
        if owner != os.geteuid():
            raise StageFolderError(stage, f"it belongs to user {owner}: run as that user, or remove it as that user")
        stage.chmod(0o700)
        (stage / "logs").mkdir(exist_ok=True)
        (stage / "secrets").mkdir(mode=0o700, exist_ok=True)
