"""The names of what is deployed."""

from typing import get_args

import pytest

from core import names
from core.errors import StageNameError


def test_a_stage_has_two_stacks() -> None:
    """Their names tell stage and part."""
    assert names.stack_name("staging", "application") == "mocstack-staging-application"
    assert names.stack_name("my-own", "foundation") == "mocstack-my-own-foundation"


def test_every_name_of_a_stage_begins_alike() -> None:
    """With the project and the stage: what is found in an account tells whose it is."""
    assert names.own_name("my-own") == "mocstack-my-own"
    for part in get_args(names.Part):
        assert names.stack_name("my-own", part) == f"{names.own_name('my-own')}-{part}"


@pytest.mark.parametrize("stage", ["", "a", "Staging", "-dev", "dev-", "a--b", "x" * 17, "dev\n", "1st"])
def test_what_is_no_stages_name_is_refused(stage: str) -> None:
    """The error repeats it, and says what one looks like."""
    with pytest.raises(StageNameError, match="is no name of a stage") as raised:
        names.check_stage(stage)
    assert raised.value.stage == stage
