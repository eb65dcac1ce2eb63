"""What `dev` has loaded once, at its start: the manifest, with its routes and links, and the models, for the studio."""

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import core.resource
import functions.manifest


@dataclass(frozen=True, slots=True)
class Loaded:
    """Sources as they were when they were loaded.

    Attributes:
        sources: the text of each; None for one that could not be read.
    """

    sources: tuple[tuple[Path, bytes | None], ...]

    @classmethod
    def now(cls, files: Iterable[Path]) -> Self:
        """Return sources as they are."""
        return cls(tuple((file, _read(file)) for file in files))

    @classmethod
    def manifest(cls) -> Self:
        """Return what declares functions and links: functions/manifest.py and core/resource.py."""
        return cls.now((Path(functions.manifest.__file__), Path(core.resource.__file__)))

    @classmethod
    def models(cls) -> Self:
        """Return what declares the tables: the modules of db/models, which are not imported for that."""
        found = importlib.util.find_spec("db")
        folders = list(found.submodule_search_locations or []) if found else []
        return cls.now(sorted(file for folder in folders for file in (Path(folder) / "models").glob("*.py")))

    def has_changed(self) -> bool:
        """Return whether a source differs from what was loaded."""
        return any(_read(file) != text for file, text in self.sources)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
