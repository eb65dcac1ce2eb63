"""`push`: the models straight to the local database."""

import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from core import Resources
from db.migrating import MIGRATIONS
from db.migrating.standing import database_heads, heads_in, opened
from db.pushing.settle import was_pushed
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


@pytest.mark.slow
def test_push_is_for_the_local_database_only(checkout: Checkout) -> None:
    """Any other stage is refused in a line that says what does it there, before anything is started."""
    line = one_line(checkout.run("push", "staging"))
    assert "nox -s migrate -- staging" in line
    assert not (checkout.folder / ".local" / "start.lock").exists()


@pytest.mark.engines
def test_push_shows_what_it_does_and_loses_nothing_unasked(checkout: Checkout) -> None:
    """An empty database comes to head; what a column holds is lost only if someone says that it may be."""
    first = checkout.run("push")
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith("the local database is what the models say: nothing to push\n")
    with Stage(checkout.folder / ".local", user="test", engines=("postgres",)) as stage:
        link = stage.postgres(Resources.MyPostgres, "owner")
        with opened(link) as connection:
            connection.execute("ALTER TABLE moc_files ADD COLUMN note text")
            connection.execute("DROP INDEX ix_moc_instructions_title")
        refused = checkout.run("push")
        assert refused.returncode == 1
        assert "ALTER TABLE moc_files DROP COLUMN note;" in refused.stdout.splitlines()
        (line,) = (line for line in refused.stderr.splitlines() if line.startswith("error: "))
        assert "column note of moc_files and what is in it" in line
        assert "--accept-data-loss" in line
        assert not was_pushed(link)
        done = checkout.run("push", "--accept-data-loss")
        assert done.returncode == 0, done.stderr
        assert "CREATE INDEX ix_moc_instructions_title ON moc_instructions (title);" in done.stdout.splitlines()
        assert was_pushed(link)
        assert database_heads(link) == heads_in(MIGRATIONS)
        again = checkout.run("push")
    assert again.stdout == "the local database is what the models say: nothing to push\n"
