"""`migrate`, `history` and `downgrade` on a checkout's own local database."""

import signal
from typing import TYPE_CHECKING

import pytest

from .conftest import wait_for

if TYPE_CHECKING:
    import subprocess

    from .conftest import Checkout

pytestmark = pytest.mark.engines


@pytest.fixture
def head(checkout: "Checkout") -> str:
    """Return the head of the migrations, in a checkout with a copy of db of its own."""
    checkout.own_db()
    assert checkout.run("migrate").returncode == 0
    return checkout.run("history").stdout.splitlines()[-2].split()[2]


def said(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """Return what a command that succeeded has said."""
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_up_and_back(checkout: "Checkout", head: str) -> None:
    """Each command says what it did, and where the database stands."""
    assert said(checkout.run("migrate")) == [f"at head {head}, nothing to do"]
    assert said(checkout.run("history"))[-1] == "at head"
    checkout.add_revision(head)
    *listed, end = said(checkout.run("history"))
    assert listed[-2].split()[:4] == ["*", *listed[-2].split()[1:2], head, "current"]
    assert listed[-1] == "  2026-11-22  ofatest       pending  A test's."
    assert end == "to apply: 1, by `nox -s migrate`"
    applied, at = said(checkout.run("migrate"))
    assert applied.startswith("ofatest applied in ")
    assert applied.endswith(" s: A test's.")
    assert at == "at head ofatest"
    reverted, at = said(checkout.run("downgrade", "-1"))
    assert reverted.startswith("ofatest taken back in ")
    assert at == f"at {head}"
    assert said(checkout.run("downgrade", head[:5])) == [f"at {head}, nothing to do"]
    assert said(checkout.run("downgrade", "base"))[-1] == "at base"
    assert said(checkout.run("history"))[0].split()[0] != "*"


def test_what_is_wrong_is_an_error_and_no_traceback(checkout: "Checkout", head: str) -> None:
    """The error begins with a line, and the exit code tells of it."""
    for more, command, words in (
        ("op.execute('SELECT nothing')", ("migrate",), 'column "nothing" does not exist'),
        ("pass", ("downgrade", "nowhere"), "'nowhere'"),
        ("return (", ("history",), "2026_11_22_of_a_test.py"),
    ):
        checkout.add_revision(head, more)
        done = checkout.run(*command)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        (_,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert words in done.stderr


def test_a_revision_of_another_branch_is_named(checkout: "Checkout", head: str) -> None:
    """Each command says which it is, and the two ways on."""
    file = checkout.add_revision(head)
    said(checkout.run("migrate"))
    file.unlink()
    for command in (("migrate",), ("history",), ("downgrade", "base")):
        done = checkout.run(*command)
        assert done.returncode == 1
        (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert "ofatest" in error
        assert "check out the branch" in error
        assert "nox -s reset" in error


@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_it_can_be_ended_in_a_revision(checkout: "Checkout", head: str, number: signal.Signals, name: str) -> None:
    """The revision is undone, a line says where the database stands, and the exit code is that of an interrupt."""
    running = checkout.folder / "running"
    file = checkout.add_revision(head, f"Path({str(running)!r}).touch(); op.execute('SELECT pg_sleep(600)')")
    process = checkout.start("migrate")
    wait_for(running.exists)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert f"{name}: stopped at {head}; running it again goes on from there" in output.splitlines()
    assert said(checkout.run("history"))[-1] == "to apply: 1, by `nox -s migrate`"
    assert not (checkout.folder / ".local" / "state.json").exists()  # and no engine is left
    file.unlink()  # `reset`, by which the checkout ends, migrates


@pytest.mark.parametrize(
    "arguments", [("downgrade",), ("downgrade", "a", "b"), ("history", "local"), ("migrate", "a", "b")]
)
def test_wrong_arguments_are_a_usage_line(checkout: "Checkout", arguments: tuple[str, ...]) -> None:
    """What is missing or too much is told by usage, and nothing is started."""
    done = checkout.run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"usage: nox -s {arguments[0]} --")
    assert not (checkout.folder / ".local").exists()


def test_a_pushed_database_is_not_taken_for_one_at_head(checkout: "Checkout") -> None:
    """What its revision makes is something else, and each command that says where it stands says so."""
    checkout.own_db()
    said(checkout.run("migrate"))
    checkout.execute("COMMENT ON TABLE alembic_version IS 'The models were pushed here.'")
    for command in ("history", "migrate"):
        assert "pushed to: differs from its revision" in said(checkout.run(command))
