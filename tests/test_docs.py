"""The documentation builds, and its examples work."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def run(*arguments: str) -> None:
    """Run a program of this environment from the root, and show what it says if it fails."""
    ran = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.fail(ran.stdout + ran.stderr, pytrace=False)


def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    """No page, reference or heading is broken."""
    pytest.importorskip("sphinx", reason="sphinx is in the dependency group docs")
    run("sphinx", "--fail-on-warning", "--quiet", "docs", str(tmp_path))


def test_the_examples_in_the_pages_work() -> None:
    """Every Python example runs, in the order of its page."""
    run("pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "--quiet", "docs")
