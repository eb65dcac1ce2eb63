"""A stage that several programs use at once."""

from typing import TYPE_CHECKING

import pytest

from .conftest import end, told

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = pytest.mark.engines


def test_users_share_the_engines_and_the_last_one_stops_them(grounds: "Grounds") -> None:
    """A second program joins; when the first leaves, the engines go on for the second, and end with it."""
    program = "stage.start()\nprint(stage.engine('redis').pids[0], flush=True)\ninput()\nstage.leave()"
    first = grounds.stage("redis", user="first")
    first.start()
    other = grounds.process(program, "redis")
    assert int(told(other)) == first.engine("redis").pids[0]
    assert sorted(user.name for user in first.users()) == ["first", "other"]
    first.leave()
    assert first.engine("redis").is_running
    assert end(other) == 0
    assert not first.engine("redis").is_running


def test_the_last_one_stops_what_others_started(grounds: "Grounds") -> None:
    """A user that asked for one engine ends all of them when it is the last, and nobody else does."""
    one, two = grounds.stage("redis"), grounds.stage("redis", "postgres")
    one.start()
    two.start()
    two.leave()
    assert two.engine("postgres").is_running
    one.leave()
    assert not two.engine("postgres").is_running
    assert not two.engine("redis").is_running


def test_programs_that_start_at_once_start_the_engines_once(grounds: "Grounds") -> None:
    """Three programs that start the same stage at the same moment see the same processes."""
    program = "stage.start()\nprint(stage.engine('redis').pids[0], flush=True)\ninput()\nstage.leave()"
    others = [grounds.process(program, "redis") for _ in range(3)]
    assert len({told(other) for other in others}) == 1
    assert [end(other) for other in others] == [0, 0, 0]
    assert not (grounds.directory / "state.json").exists()
