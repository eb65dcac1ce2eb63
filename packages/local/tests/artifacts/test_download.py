"""Downloads: what arrives is right, or is fetched once more, or is refused in one sentence."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.artifacts import CorruptDownloadError, DownloadError
from local.artifacts.download import download
from local.locks import CancelledError

if TYPE_CHECKING:
    from .conftest import Fault, Repository


def ignore(_name: str, _total: int, _done: int, /) -> None:
    """Take no notice of progress."""


def test_a_download_is_the_artifact(repository: "Repository", tmp_path: Path) -> None:
    """What the repository holds arrives, in one request."""
    file = download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore)
    assert file.read_bytes() == repository.content
    assert repository.requests == 1


def test_progress_ends_with_the_whole(repository: "Repository", tmp_path: Path) -> None:
    """The bytes that have arrived only grow, and the last report has them all."""
    seen: list[tuple[str, int, int]] = []
    download(
        repository.artifact,
        tmp_path,
        repositories=repository.repositories,
        progress=lambda name, total, done, /: seen.append((name, total, done)),
    )
    size = len(repository.content)
    assert seen[-1] == ("tool", size, size)
    assert [done for _, _, done in seen] == sorted({done for _, _, done in seen})


@pytest.mark.parametrize("fault", ["damaged", "partial"])
def test_what_arrives_wrong_is_fetched_once_more(repository: "Repository", tmp_path: Path, fault: "Fault") -> None:
    """A damaged or partial download is noticed and replaced by a whole one."""
    repository.faults = [fault]
    file = download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore)
    assert file.read_bytes() == repository.content
    assert repository.requests == 2


def test_what_arrives_damaged_twice_is_refused(repository: "Repository", tmp_path: Path) -> None:
    """A repository or proxy that damages what it gives is not believed the third time."""
    repository.faults = ["damaged", "damaged"]
    with pytest.raises(CorruptDownloadError, match="arrived damaged, twice") as caught:
        download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore)
    assert caught.value.artifact == "org.example:tool:zip:1.2.3"
    assert repository.requests == 2


def test_a_connection_that_keeps_breaking_is_named_so(repository: "Repository", tmp_path: Path) -> None:
    """Two partial downloads end in a sentence about the connection."""
    repository.faults = ["partial", "partial"]
    with pytest.raises(DownloadError, match="the connection broke off"):
        download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore)


def test_an_artifact_that_no_repository_has_is_named_so(repository: "Repository", tmp_path: Path) -> None:
    """A repository without the artifact ends in a sentence that names the artifact."""
    repository.faults = ["missing", "missing"]
    with pytest.raises(DownloadError, match=r"org\.example:tool:zip:1\.2\.3 .*no repository has it"):
        download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore)


def test_without_a_network_the_error_says_what_to_check(repository: "Repository", tmp_path: Path) -> None:
    """A repository that can't be reached ends in a sentence about network and proxy, not in a traceback's text."""
    with pytest.raises(DownloadError, match=r"no connection.*check the network connection.*HTTPS_PROXY") as caught:
        download(repository.artifact, tmp_path, repositories={"gone": "http://127.0.0.1:9"}, progress=ignore)
    assert "127.0.0.1" not in str(caught.value)


def test_an_exception_of_the_watcher_ends_the_download(repository: "Repository", tmp_path: Path) -> None:
    """Whoever is told of the progress can end it, as Ctrl-C does."""

    def give_up(_name: str, _total: int, _done: int, /) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(repository.artifact, tmp_path, repositories=repository.repositories, progress=give_up)


def test_who_gave_up_gets_no_second_try(repository: "Repository", tmp_path: Path) -> None:
    """Cancelled while the first try failed, a download asks the repository for nothing more."""
    repository.faults = ["missing"]

    def give_up(_name: str, _total: int, _done: int, /) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        download(repository.artifact, tmp_path, repositories=repository.repositories, progress=give_up)
    assert repository.requests == 1
