"""Where one engine lives: its folders and files, each with the owner and the mode that they need.

Everything that is written here goes to a new file that then takes the place of the old one. Root may therefore
write into a folder that `nobody` owns: no link that someone left there is followed.
"""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.artifacts import Cache, Platform

from .account import Account
from .errors import UnreachableFolderError

EngineName = Literal["opensearch", "pgbouncer", "postgres", "redis", "s3"]
"""The engines of a stage, and PgBouncer, which tests and benches put before a stage's PostgreSQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where one engine lives.

    Attributes:
        engine: the engine's name.
        folder: everything of it: configuration and data. The engine's processes work inside of it, by which
            they are recognized.
        log: the file that its output goes to; it belongs to the developer.
        port: the TCP port that it listens on, on loopback.
        account: who it runs as; None for the user of this process.
        cache: where its programs are.
        platform: which build of them.
    """

    engine: EngineName
    folder: Path
    log: Path
    port: int
    account: Account | None
    cache: Cache
    platform: Platform

    def make(self) -> None:
        """Make the folder.

        Raises:
            UnreachableFolderError: the engine's user can't reach it.
        """
        if self.account is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return
        missing = [folder for folder in (self.folder, *self.folder.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)  # whatever the umask says
        for parent in self.folder.resolve().parents:
            if not parent.stat().st_mode & stat.S_IXOTH:
                raise UnreachableFolderError(self.engine, self.folder, parent)

    def own_folder(self, name: str, *, empty: bool = False) -> Path:
        """Make a folder that the engine alone may read and write; return it."""
        folder = self.folder / name
        if empty:
            remove(folder)
        folder.mkdir(exist_ok=True)
        self._give(folder, 0o700)
        return folder

    def write(self, path: Path, text: str) -> None:
        """Write a file that the engine may read and nobody else."""
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(text)
            new = Path(name)
            self._give(new, 0o600)
            new.replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def wipe(self) -> None:
        """Throw everything of the engine away."""
        remove(self.folder)

    def _give(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, if it is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
