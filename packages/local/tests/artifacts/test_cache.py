"""The cache: a program is there whole or not at all, for every user, and needs no network once it is there."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.artifacts import Cache, CacheError, DiskFullError, DownloadError, postgres, redis
from local.artifacts.download import download
from local.artifacts.table import POSTGRES
from local.artifacts.unpack import unpack_zip
from local.locks import CancelledError, exclusive
from local.paths import cache_folder, is_root

if TYPE_CHECKING:
    from .conftest import Repository

BUILDING = """
import os, signal, sys
from pathlib import Path
from local.artifacts import Cache

folder, log, fate = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def build(program):
    with log.open("a") as file:
        file.write("built\\n")
    (program / "half").write_text("x" * 1_000_000)
    if fate == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    (program / "whole").write_text("x" * 1_000_000)

Cache(folder).install("program", build)
"""


def building(cache: Cache, log: Path, fate: str) -> "subprocess.Popen[bytes]":
    """Build a program into the cache from a process of its own."""
    return subprocess.Popen((sys.executable, "-c", BUILDING, str(cache.folder), str(log), fate))


def ignore(_name: str, _total: int, _done: int, /) -> None:
    """Take no notice of progress."""


def test_a_program_is_built_once(cache: Cache) -> None:
    """The second time it is found, and nothing is built."""
    first = cache.install("program", lambda folder: (folder / "file").touch())
    second = cache.install("program", lambda _folder: pytest.fail("it was there"))
    assert first == second == cache.folder / "program"
    assert (first / "file").exists()


def test_processes_that_need_a_program_at_once_build_it_once(cache: Cache, tmp_path: Path) -> None:
    """One of six processes builds it; the others wait, and find it whole."""
    log = tmp_path / "log"
    started = [building(cache, log, "finished") for _ in range(6)]
    assert [process.wait() for process in started] == [0] * 6
    assert log.read_text().splitlines() == ["built"]
    assert (cache.folder / "program" / "whole").exists()


def test_waiting_for_another_build_is_told_and_can_be_ended(cache: Cache) -> None:
    """Whoever waits for another's build is called meanwhile, and an exception ends the waiting, not the build."""
    cache.folder.mkdir()
    told: list[int] = []

    def give_up() -> None:
        told.append(1)
        if len(told) == 3:
            raise CancelledError

    with exclusive(cache.folder / ".program.lock"), pytest.raises(CancelledError):
        cache.install("program", lambda _folder: pytest.fail("another builds it"), waiting=give_up)
    assert len(told) == 3
    assert cache.install("program", lambda folder: (folder / "file").touch()).is_dir()


def test_waiting_for_another_download_tells_the_progress(cache: Cache) -> None:
    """Of a program that another process downloads the progress is told, with a total of 0, and may give up."""
    cache.folder.mkdir()
    table = POSTGRES["linux-amd64"]
    lock = cache.folder / f".{table.name}-{table.version}-{table.sha256[:8]}.lock"

    def give_up(name: str, total: int, done: int, /) -> None:
        assert (name, total, done) == (table.name, 0, 0)
        raise CancelledError

    with exclusive(lock), pytest.raises(CancelledError):
        postgres(cache, "linux-amd64", give_up)


def test_what_a_killed_process_left_is_never_taken_for_the_program(cache: Cache, tmp_path: Path) -> None:
    """A build that was killed halfway is swept away by the next, which is whole and alone."""
    log = tmp_path / "log"
    assert building(cache, log, "killed").wait() == -signal.SIGKILL
    assert not (cache.folder / "program").exists()
    assert building(cache, log, "finished").wait() == 0
    assert sorted(path.name for path in (cache.folder / "program").iterdir()) == ["half", "whole"]
    assert sorted(path.name for path in cache.folder.iterdir()) == [".program.lock", "program"]


def test_a_build_that_fails_leaves_nothing(cache: Cache) -> None:
    """After an exception the cache is as before, and the next try succeeds."""

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache.install("program", fail)
    assert sorted(path.name for path in cache.folder.iterdir()) == [".program.lock"]
    assert cache.install("program", lambda folder: (folder / "file").touch()).is_dir()


def test_every_user_can_read_what_is_cached_whatever_the_umask(cache: Cache) -> None:
    """Under the strictest umask, files are readable, and programs and folders open, for everyone."""

    def build(folder: Path) -> None:
        (folder / "inner").mkdir()
        (folder / "inner" / "file").touch()
        (folder / "program").touch(0o700)

    before = os.umask(0o077)
    try:
        program = cache.install("program", build)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (program, *program.rglob("*"))}
    assert modes["inner"] == modes["program"] == 0o755
    assert modes["file"] == 0o644


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full, which is a full disk")
def test_a_full_disk_is_one_sentence_that_says_what_to_do(cache: Cache) -> None:
    """Where there is no room, the error names the cache, how much is needed, and the way to another place."""

    def build(_folder: Path) -> None:
        Path("/dev/full").write_bytes(b"x")

    with pytest.raises(DiskFullError, match=r"cache .*No space left.* free 500 MB there, or .*XDG_CACHE_HOME"):
        cache.install("program", build)


def test_a_cache_that_is_no_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """A file in the cache's place is named."""
    (tmp_path / "cache").touch()
    with pytest.raises(CacheError, match="make it a folder that you can write"):
        Cache(tmp_path / "cache").install("program", lambda _folder: None)


@pytest.mark.skipif(not is_root(), reason="only root shares its cache with the user that engines run as")
def test_root_does_not_trust_a_cache_that_others_can_write(cache: Cache) -> None:
    """Root runs nothing out of a folder that another user owns."""
    cache.folder.mkdir()
    os.chown(cache.folder, 12345, 12345)
    with pytest.raises(CacheError, match="another user can write it"):
        cache.install("program", lambda folder: (folder / "file").touch())


def test_an_artifact_is_fetched_and_unpacked(repository: "Repository", cache: Cache, tmp_path: Path) -> None:
    """What was downloaded is unpacked, and the archive itself is not kept."""

    def build(folder: Path) -> None:
        unpack_zip(
            download(repository.artifact, tmp_path, repositories=repository.repositories, progress=ignore), folder
        )

    program = cache.install("tool", build)
    assert [path.name for path in program.rglob("run")] == ["run"]


def test_what_is_not_cached_needs_the_network(cache: Cache) -> None:
    """With an empty cache and no network, the error is about the network."""
    with pytest.raises(DownloadError):
        redis(cache, "linux-amd64", ignore)


OFFLINE = """
import socket, sys
from pathlib import Path

def refuse(*arguments, **options):
    raise AssertionError("the network was used")

socket.socket = socket.create_connection = socket.getaddrinfo = refuse

from local.artifacts import Cache, java, opensearch, postgres, redis, this_platform

cache, platform = Cache(Path(sys.argv[1])), this_platform()
print(java(cache), opensearch(cache, refuse), postgres(cache, platform, refuse), redis(cache, platform, refuse))
assert not {"jgo", "requests", "psutil", "moto"} & set(sys.modules), "a heavy library was loaded"
"""


@pytest.mark.engines
def test_programs_that_are_cached_need_no_network_and_no_library() -> None:
    """With the programs in the cache nothing touches a socket, and what would fetch them is not even loaded."""
    fetched = subprocess.run((sys.executable, "-m", "local.artifacts"), capture_output=True, text=True, check=False)
    assert fetched.returncode == 0, fetched.stderr
    offline = subprocess.run(
        (sys.executable, "-c", OFFLINE, str(cache_folder())), capture_output=True, text=True, check=False
    )
    assert offline.returncode == 0, offline.stderr
    assert offline.stdout.split() == fetched.stdout.splitlines()[-4:]
