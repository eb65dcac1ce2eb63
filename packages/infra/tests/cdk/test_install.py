"""Installing the CDK's command line: once, whole, and from a lock that names no registry."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from infra import cdk
from infra.cdk import InstallError, installed, node

PACKAGE = Path(cdk.__file__).parent
NPM = """
import pathlib, sys, time
print("one", file=open(sys.argv[1], "a"))
program = pathlib.Path("node_modules/aws-cdk/bin/cdk")
program.parent.mkdir(parents=True)
time.sleep(0.2)  # so that the other finds it half-done
program.touch()
"""
"""What stands in for npm where no package need be fetched: it notes that it was run."""


def npm(folder: Path) -> list[str]:
    """Return the stand-in's command line, which notes its runs in a file of a folder."""
    return [sys.executable, "-c", NPM, str(folder / "runs")]


def runs(folder: Path) -> int:
    """Return how often the stand-in was run."""
    return len((folder / "runs").read_text().splitlines())


def test_the_lock_holds_what_is_declared_and_no_registry() -> None:
    """Exact versions with their hashes; where they are fetched from is the machine's business."""
    declared = json.loads((PACKAGE / "package.json").read_text())["dependencies"]
    lock = json.loads((PACKAGE / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {name.removeprefix("node_modules/"): entry["version"] for name, entry in packages.items()} == declared
    assert declared["aws-cdk"].startswith("2.1148.")
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in json.dumps(lock)
    assert "://" not in json.dumps(lock)


@pytest.mark.network
@pytest.mark.slow
def test_it_is_installed_once_and_runs(tmp_path: Path) -> None:
    """The second time nothing is said, fetched or run; what is installed is what the lock says."""
    said: list[str] = []
    script = installed(tmp_path, said.append)
    assert said == ["installing the CDK's command line, 30 MB, once"]
    assert installed(tmp_path, said.append, install=["false"]) == script
    assert len(said) == 1
    answer = subprocess.run([node(), script, "--version"], capture_output=True, text=True, check=True)
    pinned = json.loads((PACKAGE / "package.json").read_text())["dependencies"]["aws-cdk"]
    assert answer.stdout.split()[0] == pinned


def test_what_was_killed_half_way_is_done_anew(tmp_path: Path) -> None:
    """Neither a rest of it counts as installed, nor does it stand in the way."""
    rest = tmp_path / "cdk" / "partial" / "node_modules" / "aws-cdk" / "bin"
    rest.mkdir(parents=True)
    (rest / "cdk").touch()
    assert installed(tmp_path, print, install=npm(tmp_path)).is_file()
    assert runs(tmp_path) == 1
    assert not (tmp_path / "cdk" / "partial").exists()


def test_of_two_at_once_one_waits(tmp_path: Path) -> None:
    """It is installed once, and both have it."""
    found: list[Path] = []
    both = [
        threading.Thread(target=lambda: found.append(installed(tmp_path, print, install=npm(tmp_path))))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert runs(tmp_path) == 1
    assert found[0] == found[1]
    assert found[0].is_file()


FAILING = """
import sys
sys.exit("npm warn old\\nnpm error code ENOTFOUND\\nnpm error\\nnpm error request failed\\nnpm error a log is in /x")
"""


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ([sys.executable, "-c", FAILING], "code ENOTFOUND; request failed; a log is in /x"),
        ([sys.executable, "-c", "raise SystemExit(1)"], "npm does not say why"),
        ([sys.executable, "-c", ""], "npm does not say why"),  # it ended well, and nothing is there
        (["/nowhere/npm"], "/nowhere/npm: No such file or directory"),
    ],
)
def test_why_it_can_not_be_installed_is_a_line(command: list[str], reason: str, tmp_path: Path) -> None:
    """The reason of npm, and what to look at; the next try begins anew."""
    with pytest.raises(InstallError) as caught:
        installed(tmp_path, print, install=command)
    assert caught.value.reason == reason
    assert str(caught.value).startswith(f"the CDK's command line can't be installed: {reason}; it is fetched once")
    assert "\n" not in str(caught.value)
    assert installed(tmp_path, print, install=npm(tmp_path)).is_file()
