"""The programs of the engines, each fetched on first use and kept in the cache."""

import shutil
from collections.abc import Callable
from pathlib import Path

from .cache import Cache
from .download import DownloadProgress, download
from .platforms import Platform
from .table import OPENSEARCH, OPENSEARCH_SECURITY, POSTGRES, REDIS, REDIS_SERVERS, Artifact
from .unpack import unpack_inner_txz, unpack_program, unpack_zip


def postgres(cache: Cache, platform: Platform, progress: DownloadProgress) -> Path:
    """Return the folder of PostgreSQL, with `bin` in it.

    Raises:
        ArtifactError: it can't be fetched or kept.
    """
    return _fetched(cache, POSTGRES[platform], "", unpack_inner_txz, progress)


def redis(cache: Cache, platform: Platform, progress: DownloadProgress) -> Path:
    """Return the program redis-server.

    Raises:
        ArtifactError: it can't be fetched or kept.
    """
    name = "redis-server"

    def unpack(archive: Path, folder: Path) -> None:
        unpack_program(archive, REDIS_SERVERS[platform], folder / name)

    return _fetched(cache, REDIS, f"-{platform}", unpack, progress) / name


def opensearch(cache: Cache, progress: DownloadProgress) -> Path:
    """Return OpenSearch's home, with `lib` and `modules` in it.

    Raises:
        ArtifactError: it can't be fetched or kept.
    """
    return _fetched(cache, OPENSEARCH, "", unpack_zip, progress) / f"opensearch-{OPENSEARCH.version}"


def secured_opensearch(cache: Cache, progress: DownloadProgress) -> Path:
    """Return the home of an OpenSearch that has its security plugin.

    Raises:
        ArtifactError: it can't be fetched or kept.
    """
    plugin = OPENSEARCH_SECURITY
    bare = opensearch(cache, progress)

    def unpack(archive: Path, folder: Path) -> None:
        home = shutil.copytree(bare, folder / bare.name)
        unpack_zip(archive, home / "plugins" / plugin.name)

    return _fetched(cache, plugin, f"-{OPENSEARCH.sha256[:8]}", unpack, progress) / bare.name


def _fetched(
    cache: Cache, artifact: Artifact, suffix: str, unpack: Callable[[Path, Path], None], progress: DownloadProgress
) -> Path:
    def build(folder: Path) -> None:
        downloads = folder.parent / "downloads"
        unpack(download(artifact, downloads, repositories=cache.repositories, progress=progress), folder)

    name = f"{artifact.name}-{artifact.version}{suffix}-{artifact.sha256[:8]}"
    return cache.install(name, build, waiting=lambda: progress(artifact.name, 0, 0))
