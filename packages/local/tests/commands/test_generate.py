"""`generate`: revisions from the models."""

import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from core import Resources
from db.migrating import MIGRATIONS
from db.migrating.standing import opened
from local.stage import Stage


class Checkout(Protocol):
    """A checkout of the test's own; see conftest.py."""

    folder: Path

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        ...


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the error of a command that failed with one line."""
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.engines
def test_generate_with_nothing_changed_writes_nothing(checkout: Checkout) -> None:
    """It says so, with PostgreSQL alone, whose databases are gone afterwards."""
    before = sorted((MIGRATIONS / "versions").iterdir())
    done = checkout.run("generate", "nothing")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the migrations make what the models say: nothing was written\n"
    assert sorted((MIGRATIONS / "versions").iterdir()) == before
    assert "opensearch" not in done.stderr
    with (
        Stage(checkout.folder / ".local", user="test", engines=("postgres",)) as stage,
        opened(stage.postgres(Resources.MyPostgres, "owner")) as connection,
    ):
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'scratch%'").fetchall()
    assert left == []


@pytest.mark.slow
def test_generate_without_words_is_refused_in_a_line(checkout: Checkout) -> None:
    """A message that names nothing is an error before anything is started, which says what to give."""
    line = one_line(checkout.run("generate", "  "))
    assert "nox -s generate --" in line
    assert not (checkout.folder / ".local" / "start.lock").exists()
