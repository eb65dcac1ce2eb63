"""`docs/your-own-function.md`, followed to the letter in a clone."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from clone import ROOT, Clone, open_clone, uv

pytestmark = [pytest.mark.engines, pytest.mark.network, pytest.mark.timeout(900)]  # a clone is installed

BLOCK = re.compile(r"^```(\w+) (\w+)(?:=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A step of the page.

    Attributes:
        action: `file` writes one, `end` is the end of one from its list of functions on, `run` runs commands.
        target: the file; empty for commands.
        text: what is written or run.
    """

    action: str
    target: str
    text: str


def steps() -> list[Step]:
    """Return the steps in the page's order."""
    page = (ROOT / "docs" / "your-own-function.md").read_text()
    return [Step(action, target, text) for _, action, target, text in BLOCK.findall(page)]


def take(step: Step, clone: Clone) -> str:
    """Take one step; return what a command wrote."""
    if step.action == "run":
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f'uv() {{ "{uv()}" "$@"; }}\n{step.text}'],  # noqa: S607  # as a reader would
            cwd=clone.folder,
            env=clone.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout
    file = clone.folder / step.target
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text().partition("FUNCTIONS: ")[0] if step.action == "end" else ""
    file.write_text(before + step.text)
    return ""


def test_a_reader_ends_with_a_tested_function(tmp_path: Path) -> None:
    """Every file and command of the page, in its order; the invocation greets and the test passes."""
    with open_clone(tmp_path / "checkout") as clone:
        written = [take(step, clone) for step in steps()]
    assert any('"greeting": "Hello, Ada"' in text for text in written)
    assert any(re.search(r"\b1 passed\b", text) for text in written)
    for session in ("lint", "typecheck"):
        ran = clone.session(session)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_page_has_its_steps() -> None:
    """The page's blocks are found: handler, manifest, two runs, a test."""
    assert [step.action for step in steps()] == ["file", "file", "end", "run", "file", "run"]
