"""A bundle as Lambda takes it: a zip that depends on nothing but what is in it.

Names are sorted, times and modes fixed: two builds of the same sources give the same file, to the byte.
"""

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .build import build, forget_old, publish
from .contents import Contents
from .interpreter import Interpreter
from .scratch import remove_abandoned, scratch
from .target import Platform
from .workspace import Workspace

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""

_UNIX = 3
"""The system whose modes a zip's entries have (APPNOTE.TXT, 4.4.2)."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, zipped.

    Attributes:
        name: the function's, or the dependency group's.
        path: the zip. It is shared with whoever builds the same: read it, never write to it.
        digest: SHA-256, in hex, of the names, modes and bytes of its files: of what is deployed, however it is
            compressed.
        zipped_bytes: the size of the zip.
        unpacked_bytes: the size of its files.
    """

    name: str
    path: Path
    digest: str
    zipped_bytes: int
    unpacked_bytes: int


def zipped(contents: Contents, *, workspace: Workspace, platform: Platform, interpreter: Interpreter) -> Bundle:
    """Return a bundle as a zip, built now or found as it was built before.

    Raises:
        BundleError: it can't be built; the message has the reason.
    """
    folder = build(contents, workspace=workspace, platform=platform, interpreter=interpreter)
    digest, stem = digest_of(folder), f"{contents.name}-{platform}-"
    path = workspace.zips / f"{stem}{digest[:16]}.zip"
    if path.is_file():
        os.utime(path)
    else:
        _make(path, folder)
        forget_old(workspace.zips, stem)
    unpacked = sum(file.stat().st_size for file in _files(folder))
    return Bundle(contents.name, path, digest, path.stat().st_size, unpacked)


def digest_of(folder: Path) -> str:
    """Return the SHA-256, in hex, of the names, modes and bytes of the files of a folder."""
    digest = hashlib.sha256()
    for file in _files(folder):
        data = file.read_bytes()
        head = f"{file.relative_to(folder).as_posix()}\0{_mode(file):o}\0{len(data)}\0"
        digest.update(head.encode() + data)
    return digest.hexdigest()


def pack(folder: Path, path: Path) -> None:
    """Write the files of a folder to a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in _files(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = (stat.S_IFREG | _mode(file)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=9)


def _make(path: Path, folder: Path) -> None:
    remove_abandoned(path.parent)
    with scratch(path.parent, path.name) as temporary:
        pack(folder, temporary / path.name)
        publish(temporary / path.name, path)


def _files(folder: Path) -> Iterator[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return iter(sorted(files, key=lambda path: path.relative_to(folder).as_posix()))


def _mode(file: Path) -> int:
    return 0o755 if file.stat().st_mode & 0o100 else 0o644
