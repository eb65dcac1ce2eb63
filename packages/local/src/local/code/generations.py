"""Generations of the code: each a folder of its own, so that new code never touches the code that runs."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .compiling import compile_packages

Snapshot = dict[tuple[str, str], tuple[int, int]]
"""Folder and name of each file, and when it was changed (ns) and its size (bytes)."""


class Generations:
    """The generations in one folder, numbered from 1. The folder belongs to one process."""

    def __init__(self, folder: Path, packages: Iterable[Path]) -> None:
        """Declare the generations.

        Args:
            folder: where they go, `code` in the stage's folder.
            packages: the folders of the packages that functions import, each with an `__init__.py`.
        """
        self.packages = tuple(package.resolve() for package in packages)
        self._folder = folder
        self._numbers = itertools.count(1)
        self._built: Snapshot = {}

    async def build(self) -> Path:
        """Compile the sources as they are now; return the new generation's folder.

        The first one removes what an earlier process left.

        Raises:
            SourceError: a file can't be compiled; no generation is left of it.
        """
        return await asyncio.to_thread(self._build)

    async def changed(self) -> bool:
        """Return whether the sources differ from those that were built last."""
        return await asyncio.to_thread(self._snapshot) != self._built

    async def remove(self, generation: Path) -> None:
        """Remove a generation that nothing runs any more."""
        await asyncio.to_thread(shutil.rmtree, generation, ignore_errors=True)

    def _build(self) -> Path:
        number = next(self._numbers)
        if number == 1:
            shutil.rmtree(self._folder, ignore_errors=True)
        generation = self._folder / str(number)
        self._built = self._snapshot()
        try:
            compile_packages(self.packages, generation)
        except BaseException:
            shutil.rmtree(generation, ignore_errors=True)
            raise
        return generation

    def _snapshot(self) -> Snapshot:
        """Return what the file system says of each source: when it was changed, and its size."""
        snapshot: Snapshot = {}
        for package in self.packages:
            for folder, folders, files in os.walk(package):
                folders[:] = [name for name in folders if name != "__pycache__"]
                for name in files:
                    with suppress(FileNotFoundError):
                        status = Path(folder, name).stat()
                        snapshot[folder, name] = status.st_mtime_ns, status.st_size
        return snapshot
