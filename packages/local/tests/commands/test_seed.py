"""`seed`: sample data for the local database."""

import re
from typing import TYPE_CHECKING

import pytest

from db.models import Base
from db.seed import rows_of

if TYPE_CHECKING:
    from .conftest import Checkout

pytestmark = pytest.mark.engines


def told(output: str) -> dict[str, tuple[int, int]]:
    """Return what the command says of each table: rows that are new, and rows that were there."""
    found = re.findall(r"^(\w+) +([\d,]+) new, +([\d,]+) there already$", output, re.MULTILINE)
    return {name: (int(new.replace(",", "")), int(there.replace(",", ""))) for name, new, there in found}


def test_it_fills_an_empty_database_and_can_be_run_again(checkout: "Checkout") -> None:
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


def test_a_pushed_database_is_settled_before_it_is_filled(checkout: "Checkout") -> None:
    """A revision of what was pushed is there by now: it is not applied, and the rows are written."""
    checkout.own_db()
    head = checkout.run("migrate").stdout.splitlines()[-1].split()[2].removesuffix(",")
    checkout.execute("CREATE TABLE of_a_test ()", "COMMENT ON TABLE alembic_version IS 'The models were pushed here.'")
    checkout.add_revision(head)
    done = checkout.run("seed", "1")
    assert done.returncode == 0, done.stderr
    assert "it is marked as being at head" in done.stdout
    assert "applied in" not in done.stdout
    assert checkout.run("history").stdout.splitlines()[-1] == "at head"


def test_a_table_that_the_sample_data_does_not_know_is_an_error_in_a_line(checkout: "Checkout") -> None:
    """It names the table and what to do, and no value of a row."""
    assert checkout.run("migrate").returncode == 0
    checkout.execute("ALTER TABLE wishlist_items ADD COLUMN rating integer NOT NULL")
    done = checkout.run("seed", "1")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Failing row" not in done.stderr
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "table wishlist_items is not what it is made for" in error


def test_no_users_are_a_line(checkout: "Checkout") -> None:
    """Where nothing was wanted, nine tables of nothing tell nothing."""
    assert checkout.run("migrate").returncode == 0
    done = checkout.run("seed", "0")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "there already" in line or "written" in line]
    assert len(lines) == 1
    assert lines[0].startswith("0 rows written for 0 users in ")
