"""Downloading one artifact, checked: jgo knows how Maven repositories are laid out, the table what must arrive."""

import hashlib
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from .errors import CorruptDownloadError, DownloadError
from .table import Artifact

_log = logging.getLogger(__name__)

_TIMEOUT = 30
"""Seconds that a repository may stay silent."""


class DownloadProgress(Protocol):
    """Is told how far a download is; an exception that it raises ends the download."""

    def __call__(self, name: str, total: int, done: int, /) -> None:
        """Note that `done` of `total` bytes of the artifact `name` have arrived.

        `total` is 0 where it is not known: before the answer to a second try, and while another process downloads it.
        """
        ...


def download(
    artifact: Artifact, folder: Path, *, repositories: Mapping[str, str] | None, progress: DownloadProgress
) -> Path:
    """Download an artifact into a folder and return the file, whose checksum is right.

    What arrives partial or damaged is fetched once more.

    Args:
        artifact: what to fetch.
        folder: an empty folder.
        repositories: Maven repositories, name to URL; None for jgo's default.
        progress: is told how far it is.

    Raises:
        DownloadError: it can't be reached.
        CorruptDownloadError: it arrived damaged, twice.
    """
    try:
        return _attempt(artifact, folder / "first", repositories, progress)
    except (DownloadError, CorruptDownloadError) as error:
        progress(artifact.name, 0, 0)  # whoever gave up meanwhile wants no second try
        _log.info("fetching once more: %s", error)
    return _attempt(artifact, folder / "second", repositories, progress)


def _attempt(
    artifact: Artifact, folder: Path, repositories: Mapping[str, str] | None, progress: DownloadProgress
) -> Path:
    file = _transfer(artifact, folder, repositories, progress)
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != artifact.sha256:
        raise CorruptDownloadError(artifact.coordinates, artifact.sha256, found)
    return file


def _transfer(
    artifact: Artifact, folder: Path, repositories: Mapping[str, str] | None, progress: DownloadProgress
) -> Path:
    # 0.4 s to import, and needed for the first start alone.
    import requests  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    context = MavenContext(
        resolver=PythonResolver(progress_callback=_reporter(artifact, progress)),
        repo_cache=folder,
        remote_repos=None if repositories is None else dict(repositories),
        timeout=_TIMEOUT,
    )
    component = context.project(artifact.group, artifact.name).at_version(artifact.version)
    try:
        return component.artifact(packaging=artifact.packaging).resolve()
    except requests.RequestException as error:
        raise DownloadError(artifact.coordinates, _class_of(error)) from error
    except RuntimeError as error:  # what jgo raises when no repository has it
        raise DownloadError(artifact.coordinates, "no repository has it") from error


def _class_of(error: Exception) -> str:
    """Name a failure without its text, which spells out hosts and addresses over several lines."""
    return {
        "ConnectionError": "no connection",
        "ConnectTimeout": "no connection",
        "ReadTimeout": "the repository fell silent",
        "ChunkedEncodingError": "the connection broke off",
        "ProxyError": "the proxy refused",
        "SSLError": "the certificate is not trusted",
    }.get(type(error).__name__, type(error).__name__)


def _reporter(
    artifact: Artifact, progress: DownloadProgress
) -> Callable[[str, int], AbstractContextManager[Callable[[int], None]]]:
    @contextmanager
    def report(_file: str, total: int) -> Generator[Callable[[int], None]]:
        done = 0

        def update(count: int) -> None:
            nonlocal done
            done += count
            progress(artifact.name, total, done)

        yield update

    return report
