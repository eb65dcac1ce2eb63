"""docs/environment.md says what the code does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import Resources, environment
from core.settings import SettingsError, load
from core.settings.document import render_table
from core.signing.credentials import ACCESS_KEY, SECRET_KEY, SESSION_TOKEN

PAGE = (Path(__file__).parents[3] / "docs" / "environment.md").read_text("utf-8")


def test_the_page_has_the_table_of_the_schema() -> None:
    """The table can't drift: it is replaced by what `python -m core.settings` prints."""
    assert render_table() in PAGE
    ran = subprocess.run([sys.executable, "-m", "core.settings"], capture_output=True, text=True, check=True)
    assert ran.stdout == render_table()


@pytest.mark.parametrize(("column", "stage"), [(5, "dev"), (5, "jane"), (6, "staging"), (7, "production")])
def test_the_table_says_what_a_stage_can_not_do_without(column: int, stage: str) -> None:
    """What the table calls required is what is missing from a stage that is given nothing."""
    rows = [row.split("|") for row in render_table().splitlines()[2:]]
    with pytest.raises(SettingsError) as caught:
        load(stage, purpose="synth", environ={})
    required = [row[1].strip(" `") for row in rows if row[column].strip() == "required"]
    assert [problem.subject for problem in caught.value.problems] == required


def test_the_page_names_the_variables_that_a_function_sees() -> None:
    """Its second table names those that core reads, and no others."""
    table = PAGE.split("## What a function sees")[1]
    names = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)}
    own = {environment.STAGE, environment.VERSION, environment.FUNCTION_NAME}
    links = {link.variable.replace(link.name, "<name>") for link in Resources.declared()}
    assert names == own | links | {ACCESS_KEY, SECRET_KEY, SESSION_TOKEN}
