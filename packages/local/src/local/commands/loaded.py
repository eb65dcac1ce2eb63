"""What `dev` has loaded of the manifest: routes, links and the like are read once, at its start."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import core.resource
import functions.manifest


@dataclass(frozen=True, slots=True)
class LoadedManifest:
    """The sources that declare functions and links, as they were when they were loaded.

    Attributes:
        sources: the text of each; None for one that could not be read.
    """

    sources: tuple[tuple[Path, bytes | None], ...]

    @classmethod
    def now(cls, files: Iterable[Path] | None = None) -> Self:
        """Return the sources as they are; those of functions/manifest.py and core/resource.py if none are given."""
        chosen = (Path(functions.manifest.__file__), Path(core.resource.__file__)) if files is None else files
        return cls(tuple((file, _read(file)) for file in chosen))

    def has_changed(self) -> bool:
        """Return whether a source differs from what was loaded."""
        return any(_read(file) != text for file, text in self.sources)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
