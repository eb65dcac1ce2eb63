"""The documentation builds, and its examples work."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> None:
    """Run a program of this environment from the root, and show what it says if it fails."""
    ran = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.fail(ran.stdout + ran.stderr, pytrace=False)


@pytest.mark.slow
def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    """No page, reference or heading is broken."""
    pytest.importorskip("sphinx", reason="sphinx is in the dependency group docs")
    run("sphinx", "--fail-on-warning", "--quiet", "docs", str(tmp_path))


@pytest.mark.slow
def test_the_examples_in_the_pages_work() -> None:
    """Every Python example runs, in the order of its page."""
    run("pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "--quiet", "docs")


def named_in_tables(page: str) -> Iterator[str]:
    """Return the paths that stand as code in the tables of a page."""
    for line in (ROOT / page).read_text().splitlines():
        if line.startswith("|"):
            yield from (code for code in re.findall(r"`([^`]+)`", line) if "/" in code or "." in code)


def test_what_the_structure_names_is_there() -> None:
    """A file is named as one, and a folder with nothing or a slash at its end."""
    named = list(named_in_tables("docs/structure.md"))
    assert {"packages/core", "noxfile.py", "packages/db/src/db/models/"} <= set(named)
    missing = [path for path in named if not ((ROOT / path).is_dir() or (ROOT / path).is_file())]
    assert missing == []
    assert [path for path in named if path.endswith("/") and not (ROOT / path).is_dir()] == []
