"""What can go wrong while the engines' programs are fetched."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError

NEEDED = 500
"""Megabytes that the cache needs: 315 to keep, the rest while fetching (measured on linux-amd64)."""


class ArtifactError(LocalError):
    """A program of the local stage can't be had."""


class UnsupportedPlatformError(ArtifactError):
    """No engine is built for this machine.

    Attributes:
        platform: the operating system and the processor, as the machine names them.
    """

    def __init__(self, platform: str) -> None:
        super().__init__(
            f"the engines are not built for {platform}: use Linux with glibc or macOS, on x86-64 or arm64"
            " (on Windows inside WSL 2, on Alpine inside a Debian container)"
        )
        self.platform = platform


class DownloadError(ArtifactError):
    """An artifact could not be downloaded.

    Attributes:
        artifact: its Maven coordinates.
    """

    def __init__(self, artifact: str, reason: str) -> None:
        super().__init__(
            f"{artifact} could not be downloaded ({reason}): check the network connection and the proxy variables"
            " (HTTPS_PROXY), then run the same command again; once fetched, no network is needed"
        )
        self.artifact = artifact


class CorruptDownloadError(ArtifactError):
    """What was downloaded, twice, is not the artifact.

    Attributes:
        artifact: its Maven coordinates.
    """

    def __init__(self, artifact: str, expected: str, found: str) -> None:
        super().__init__(
            f"{artifact} arrived damaged, twice (sha256 {found}, expected {expected}): a proxy may be changing"
            " downloads; try again from another network"
        )
        self.artifact = artifact


class CacheError(ArtifactError):
    """The cache can't be used.

    Attributes:
        folder: the cache.
    """

    def __init__(self, folder: Path, reason: str, remedy: str) -> None:
        super().__init__(f"the cache {folder} can't be used ({reason}): {remedy}")
        self.folder = folder


class DiskFullError(CacheError):
    """There is no room for the programs."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            folder, reason, f"free {NEEDED} MB there, or name a roomier place in XDG_CACHE_HOME, and run again"
        )


@contextmanager
def cache_errors(folder: Path) -> Generator[None]:
    """Turn what the file system refuses inside of the cache into one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(folder, reason) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            remedy = "make it a folder that you can write, or name another place in XDG_CACHE_HOME"
            raise CacheError(folder, f"{reason}: {error.filename or folder}", remedy) from error
        raise
