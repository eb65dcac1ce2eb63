"""The table of commands."""

import argparse

import pytest

from local.commands.declared import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_where_the_table_says(name: str) -> None:
    """Each can be loaded, and its help says what it does."""
    parser = argparse.ArgumentParser(prog=name)
    COMMANDS[name].declare(parser)
    assert callable(COMMANDS[name].load())
    assert parser.description


@pytest.mark.parametrize("words", [["add a rating"], ["add", "a", "rating"]])
def test_a_message_needs_no_quotes(words: list[str]) -> None:
    """What a shell has taken apart is one message."""
    parser = argparse.ArgumentParser()
    COMMANDS["generate"].declare(parser)
    assert parser.parse_args(words).message == "add a rating"
