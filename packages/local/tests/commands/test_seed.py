"""`seed`: sample data for the local database."""

import re
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from db.models import Base
from db.seed import rows_of

pytestmark = pytest.mark.engines


class Checkout(Protocol):
    """A checkout of the test's own; see conftest.py."""

    folder: Path

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        ...


def told(output: str) -> dict[str, tuple[int, int]]:
    """Return what the command says of each table: rows that are new, and rows that were there."""
    found = re.findall(r"^(\w+) +([\d,]+) new, +([\d,]+) there already$", output, re.MULTILINE)
    return {name: (int(new.replace(",", "")), int(there.replace(",", ""))) for name, new, there in found}


def test_it_fills_an_empty_database_and_can_be_run_again(checkout: Checkout) -> None:
    """Nothing has to be there: PostgreSQL is started alone, the schema made, a line written for each table."""
    first = checkout.run("seed", "3")
    assert first.returncode == 0, first.stderr
    rows = {name: sum(len(rows_of(number)[name]) for number in range(3)) for name in Base.metadata.tables}
    assert told(first.stdout) == {name: (count, 0) for name, count in rows.items()}
    *_, last = first.stdout.splitlines()
    assert re.fullmatch(rf"{sum(rows.values())} rows written for 3 users in \d+\.\d s", last)
    assert "postgres   ready" in first.stderr
    assert "opensearch" not in first.stderr
    again = checkout.run("seed", "3")
    assert again.returncode == 0, again.stderr
    assert told(again.stdout) == {name: (0, count) for name, count in rows.items()}
    assert not (checkout.folder / ".local" / "state.json").exists()
