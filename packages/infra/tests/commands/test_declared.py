"""The table of commands."""

import argparse

import pytest

from infra.commands.declared import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_where_the_table_says(name: str) -> None:
    """Each can be loaded, its help says what it does, and it wants a stage named."""
    parser = argparse.ArgumentParser(prog=name)
    COMMANDS[name].declare(parser)
    assert callable(COMMANDS[name].load())
    assert parser.description
    assert parser.parse_args(["jane"]).stage == "jane"
    with pytest.raises(SystemExit):
        parser.parse_args([])
