"""The cache of unpacked programs: each is there whole or not at all."""

import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.locks import exclusive
from local.paths import is_root

from .errors import CacheError, cache_errors
from .unpack import open_to_all


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of unpacked programs.

    Attributes:
        folder: the folder; made on first use.
        repositories: Maven repositories to fetch from, name to URL; None for jgo's default.
    """

    folder: Path
    repositories: Mapping[str, str] | None = None

    def install(self, name: str, build: Callable[[Path], None], waiting: Callable[[], object] = lambda: None) -> Path:
        """Return the folder of the program `name`, built first where it is not there yet.

        Safe from several processes at once: one builds, the others wait for it. What a killed one left behind is
        thrown away by the next.

        Args:
            name: the folder's name, which tells one build from every other.
            build: fills the folder that it is given.
            waiting: called again and again while another process builds; an exception of it ends the waiting.

        Raises:
            CacheError: the folder can't be used; DiskFullError where there is no room.
        """
        final = self.folder / name
        if final.is_dir():
            return final
        with cache_errors(self.folder):
            self._make()
            with exclusive(self.folder / f".{name}.lock", waiting=waiting):
                if not final.is_dir():
                    self._build(final, build)
        return final

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not is_root():
            return
        self.folder.chmod(0o755)
        found = self.folder.stat()
        if found.st_uid != 0 or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise CacheError(self.folder, "another user can write it", "remove it, or make it root's own")

    def _build(self, final: Path, build: Callable[[Path], None]) -> None:
        work = self.folder / f".{final.name}.new"  # a fixed name: whoever holds the lock sweeps it
        shutil.rmtree(work, ignore_errors=True)
        try:
            program = work / "program"
            program.mkdir(parents=True)
            build(program)
            open_to_all(program)
            program.rename(final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
