"""The schema of the local stage's database, where a command starts the stage."""

import http.client
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from db.migrating.standing import MIGRATIONS, database_heads, heads_in

if TYPE_CHECKING:
    from .conftest import Checkout

pytestmark = pytest.mark.engines

ONCE = ("dev", "--once", "--without", "opensearch", "--without", "s3")


def heads(checkout: "Checkout") -> frozenset[str]:
    """Return where the checkout's database stands."""
    with checkout.database() as link:
        return database_heads(link)


def status(url: str) -> int:
    """Return the status that a server's first page has, wherever it leads."""
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)) as client:
        client.request("GET", "/")
        return client.getresponse().status


@pytest.mark.parametrize("command", [("invoke", "health"), ("shell", "local", "true")])
def test_whoever_starts_the_stage_finds_the_schema_at_head(checkout: "Checkout", command: tuple[str, ...]) -> None:
    """An empty machine's first command makes the tables, and says so; the next has nothing to do."""
    first, second = checkout.run(*command), checkout.run(*command)
    assert "applied in" in first.stdout + first.stderr, first.stderr
    assert "applied in" not in second.stdout + second.stderr
    assert heads(checkout) == heads_in(MIGRATIONS)


def test_a_database_of_another_branch_stops_dev_with_the_two_ways_on(checkout: "Checkout") -> None:
    """The revision that this checkout does not have is named; nothing was served, and nothing changed."""
    assert checkout.run(*ONCE).returncode == 1  # degraded: without OpenSearch
    checkout.execute("UPDATE alembic_version SET version_num = 'ofanother'")
    done = checkout.run(*ONCE)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "ofanother" in line
    assert "branch" in line
    assert "nox -s reset" in line
    assert "/health" not in done.stdout
    assert heads(checkout) == {"ofanother"}


def test_a_database_of_another_branch_can_be_mended_from_a_shell(checkout: "Checkout") -> None:
    """The shell says what is wrong and runs its command all the same."""
    checkout.run("shell", "local", "true")
    checkout.execute("UPDATE alembic_version SET version_num = 'ofanother'")
    done = checkout.run("shell", "local", "echo", "it runs")
    assert done.returncode == 0
    assert done.stdout.endswith("it runs\n")
    assert "ofanother" in done.stderr


def test_reset_ends_with_the_schema_at_head_and_sample_data(checkout: "Checkout") -> None:
    """What was there is gone, and there is something to look at; as much as was asked for."""
    checkout.execute("CREATE TABLE mine ()")
    done = checkout.run("reset", "--users", "2")
    assert done.returncode == 0, done.stderr
    assert heads(checkout) == heads_in(MIGRATIONS)
    checkout.execute("DO $$ BEGIN ASSERT (SELECT count(DISTINCT user_id) FROM moc_instructions) = 2; END $$")
    checkout.execute("CREATE TABLE mine ()")


def test_dev_serves_the_studio(checkout: "Checkout") -> None:
    """Its table says where, and the page is there; it ends with `dev`."""
    process = checkout.start("dev", "--without", "opensearch")
    url = ""
    assert process.stdout is not None
    for line in process.stdout:
        if "studio of the database" in line:
            url = line.split("│")[2].strip()
        if "Ctrl-C stops everything" in line:
            break
    assert status(url) < 400
    process.terminate()
    process.communicate(timeout=60)
    with pytest.raises(OSError, match="refused"):
        status(url)
