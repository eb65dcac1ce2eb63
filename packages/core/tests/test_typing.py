"""The types of links, as pyright sees them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytestmark = pytest.mark.slow


def pyright(file: Path) -> list[str]:
    """Return the rules that pyright finds broken in a file, under the project's own configuration."""
    pytest.importorskip("pyright", reason="pyright is in the dependency group typecheck")
    root = HERE.parents[2]
    command = [sys.executable, "-m", "pyright", "--outputjson", "--project", str(root), str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    return [found["rule"] for found in json.loads(answer.stdout)["generalDiagnostics"]]


def test_every_field_has_its_type_and_what_is_unknown_is_an_error() -> None:
    """`typing/links.py` states every field's type, and which lines must be errors."""
    assert pyright(HERE / "typing" / "links.py") == []


def test_pyright_really_judges(tmp_path: Path) -> None:
    """A misspelt link and a wrong type are found by the same call."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from core import Resource\nport: str = Resource.MyPostgres.port\nResource.MyPostgers.host\n")
    assert "reportAttributeAccessIssue" in pyright(wrong)
