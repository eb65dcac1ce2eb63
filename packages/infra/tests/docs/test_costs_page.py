"""The table of costs: what is committed is what the templates cost."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.assemblies import Stacks
from infra.costs import monthly, prices
from infra.costs.__main__ import main
from infra.costs.page import PageError, in_page, table

pytestmark = pytest.mark.slow


def told(stages: Mapping[str, Stacks]) -> str:
    """Return the table of the stages."""
    return table({name: monthly((stacks.foundation, stacks.application)) for name, stacks in stages.items()})


@pytest.fixture
def page(pages: Path) -> str:
    """Return the page as it is committed."""
    return (pages / "costs.md").read_text("utf-8")


def test_the_committed_table_is_of_the_templates(stages: Mapping[str, Stacks], page: str) -> None:
    """It has the three stages' sums; `python -m infra.costs docs/costs.md` brings it up to date."""
    assert told(stages) in page
    assert in_page(page, told(stages)) == page


def test_a_larger_size_is_another_page(stages: Mapping[str, Stacks], page: str) -> None:
    """A page that is out of date is noticed when a stage grows."""
    instance: Any = stages["production"].of_type("AWS::RDS::DBInstance")[0]
    instance["DBInstanceClass"] = "db.r6g.xlarge"
    assert in_page(page, told(stages)) != page


def test_another_price_is_another_page(
    stages: Mapping[str, Stacks], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is out of date is noticed when a price is another."""
    monkeypatch.setattr(prices, "NAT_HOUR", prices.NAT_HOUR * 2)
    assert in_page(page, told(stages)) != page


def test_the_command_changes_the_table_alone(
    assemblies: Path, stages: Mapping[str, Stacks], page: str, tmp_path: Path
) -> None:
    """What stands around the table stays, whatever was in its place."""
    file = tmp_path / "costs.md"
    file.write_text(in_page(page, "old\n"), "utf-8")
    assert main([str(file), "--assemblies", str(assemblies)]) == 0
    assert file.read_text("utf-8") == in_page(page, told(stages))


def test_without_a_stage_the_command_says_what_writes_it(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An assembly that is missing is named, with the session that writes it, and the page stays as it is."""
    file = tmp_path / "costs.md"
    file.write_text(page, "utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([str(file), "--assemblies", str(tmp_path)])
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"python -m infra.costs: error: {tmp_path} holds no stage 'dev': `nox -s synth -- dev` writes it"
    )
    assert file.read_text("utf-8") == page


def test_a_page_without_a_place_is_refused(
    assemblies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that has no place for the table, or two, is left as it is, with one line that says so."""
    file = tmp_path / "costs.md"
    file.write_text("# Costs\n", "utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([str(file), "--assemblies", str(assemblies)])
    assert capsys.readouterr().err.splitlines()[-1].endswith("the page has 0 places for the costs, and is to have one")
    assert file.read_text("utf-8") == "# Costs\n"


def test_a_page_with_two_places_is_refused(page: str) -> None:
    """Which of two is meant can't be told."""
    with pytest.raises(PageError, match="2 places"):
        in_page(page + page, "table\n")
