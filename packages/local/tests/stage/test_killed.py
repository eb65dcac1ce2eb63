"""What a killed program left of a stage is ended, and nothing else."""

import json
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local.engines import Identity, processes

from .conftest import sql, told

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = pytest.mark.engines


def test_what_a_killed_program_left_is_ended_by_the_next_start(grounds: "Grounds") -> None:
    """After kill -9 of the only user its engines run on; the next start ends them and starts its own."""
    program = (
        "stage.start()\n"
        "print(*(f'{pid}' for name in ('postgres', 'redis') for pid in stage.engine(name).pids), flush=True)\n"
        "input()"
    )
    killed = grounds.process(program, "postgres", "redis")
    noted = [int(pid) for pid in told(killed).split()]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    # One of PostgreSQL's processes may have served the question whether it is ready, and be gone by now.
    left = [Identity(pid, psutil.Process(pid).create_time()) for pid in noted if psutil.pid_exists(pid)]
    assert len(left) > 5
    assert all(processes.is_alive(process) for process in left)
    with grounds.stage("postgres", "redis") as stage:
        assert not any(processes.is_alive(process) for process in left)
        assert [user.name for user in stage.users()] == ["test"]
        assert sql(stage, "SELECT 1") == 1


def test_a_killed_user_does_not_keep_the_engines_running(grounds: "Grounds") -> None:
    """Of two users one is killed: its hold is gone with it, and the other one, leaving, stops the engines."""
    other = grounds.process("stage.start()\nprint('up', flush=True)\ninput()", "redis")
    with grounds.stage("redis") as stage:
        assert told(other) == "up"
        other.send_signal(signal.SIGKILL)
        other.communicate()
        assert stage.engine("redis").is_running
    assert not stage.engine("redis").is_running


def test_what_was_killed_while_starting_is_ended_too(grounds: "Grounds") -> None:
    """An engine that was started and not noted yet is recognized by where it works."""
    with grounds.stage("redis") as stage:
        unnoted = Identity(stage.engine("redis").pids[0], psutil.Process(stage.engine("redis").pids[0]).create_time())
        (grounds.directory / "state.json").write_text("{}")
    assert processes.is_alive(unnoted)
    (grounds.directory / "state.json").write_text("{}")
    with grounds.stage("redis"):
        assert not processes.is_alive(unnoted)


def test_a_stranger_with_a_noted_number_is_left_alone(grounds: "Grounds", tmp_path: Path) -> None:
    """A state from before a reboot names numbers that others have by now: none of them is touched."""
    with grounds.stage("redis"):
        pass
    with subprocess.Popen(("/bin/cat",), stdin=subprocess.PIPE, cwd=tmp_path) as stranger:
        state = {"redis": {"pid": stranger.pid, "created": 1_000_000_000.0, "port": 20_000}}
        (grounds.directory / "state.json").write_text(json.dumps(state))
        assert grounds.stage("redis").clear() == ()
        with grounds.stage("redis") as stage:
            assert stage.engine("redis").pids[0] != stranger.pid
        assert stranger.poll() is None
        stranger.communicate()


def test_clearing_ends_what_nobody_uses_and_nothing_else(grounds: "Grounds") -> None:
    """`stop` ends the engines of a killed program, and leaves those alone that are in use."""
    with grounds.stage("redis") as stage:
        assert stage.clear() == ()
        assert stage.engine("redis").is_running
    killed = grounds.process("stage.start()\nprint('up', flush=True)\ninput()", "redis")
    assert told(killed) == "up"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert stage.clear() == ("redis",)
    assert not stage.engine("redis").is_running
