"""The life of a stage: started, left, reset; and how its engines run."""

import os
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from local.engines import EngineName
from local.stage import EngineState, Stage, StageInUseError

from .conftest import sql

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = pytest.mark.engines


def test_data_is_kept_from_one_start_to_the_next(grounds: "Grounds") -> None:
    """The second start, by a new user, finds the data, on the same port, with the same password."""
    with grounds.stage("postgres") as first:
        sql(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        links = first.all_links()
    assert not first.engine("postgres").is_running
    with grounds.stage("postgres") as second:
        assert sql(second, "SELECT answer FROM kept") == 42
        assert second.all_links() == links


def test_nothing_is_left_of_a_stage_that_everyone_left(grounds: "Grounds") -> None:
    """After the last user has left, no process works in its folders, and no user or state is noted."""
    with grounds.stage("postgres", "redis") as stage:
        pids = [pid for name in ("postgres", "redis") for pid in stage.engine(name).pids]
        assert [user.name for user in stage.users()] == ["test"]
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)
    assert stage.users() == ()
    assert not (grounds.directory / "state.json").exists()


def test_reset_starts_over_with_the_same_ports_and_passwords(grounds: "Grounds") -> None:
    """The data is gone; links that someone wrote down go on working."""
    with grounds.stage("postgres") as stage:
        sql(stage, "CREATE TABLE kept ()")
        links = stage.all_links()
    grounds.stage().reset()
    assert not grounds.data.exists()
    with grounds.stage("postgres") as stage:
        assert sql(stage, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 0
        assert stage.all_links() == links


def test_reset_is_refused_while_the_stage_is_in_use(grounds: "Grounds") -> None:
    """The error says who uses it, and nothing is thrown away."""
    with grounds.stage("redis", user="dev") as stage:
        with pytest.raises(StageInUseError, match=rf"in use by dev \(process {os.getpid()}\)") as caught:
            grounds.stage().reset()
        assert caught.value.users == stage.users()
        assert stage.engine("redis").is_running


def test_an_engine_is_prepared_each_time_before_the_stage_has_started(grounds: "Grounds") -> None:
    """What is to be done to an engine finds it ready, with its links, whoever started it."""
    seen: list[object] = []

    def prepare(stage: Stage) -> None:
        seen.append(sql(stage, "SELECT 1"))

    with grounds.stage("postgres", "redis", prepare={"postgres": prepare}):
        assert seen == [1]
        with grounds.stage("postgres", prepare={"postgres": prepare}):
            assert seen == [1, 1]


def test_two_stages_run_side_by_side(grounds: "Grounds", other_grounds: "Grounds") -> None:
    """Each has engines, ports, passwords and data of its own, and ends without the other."""
    with grounds.stage("postgres") as one:
        with other_grounds.stage("postgres") as two:
            assert one.engine("postgres").port != two.engine("postgres").port
            assert one.all_links() != two.all_links()
            sql(one, "CREATE TABLE only_here ()")
            assert sql(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'") == 0
        assert sql(one, "SELECT 1") == 1


def test_a_program_keeps_ports_of_its_own_in_the_stage(grounds: "Grounds") -> None:
    """What else listens, such as the API, has a port that stays the same, and is nobody else's."""
    stage = grounds.stage()
    api, studio = stage.port("api"), stage.port("studio")
    assert api != studio
    assert grounds.stage().port("api") == api


def test_a_watcher_is_told_what_each_engine_does(grounds: "Grounds") -> None:
    """Engines start side by side, and each says when it starts, is ready, and has stopped."""
    seen: list[tuple[EngineName, EngineState]] = []
    lock = threading.Lock()

    class Witness:
        def engine(self, name: EngineName, state: EngineState, seconds: float, /) -> None:
            assert seconds >= 0
            with lock:
                seen.append((name, state))

        def download(self, name: str, total: int, done: int, /) -> None:
            pytest.fail(f"{name} was cached: {done} of {total}")

    with Stage(grounds.directory, user="test", engines=("redis", "postgres"), data=grounds.data, watcher=Witness()):
        started = list(seen)
    assert {("redis", "ready"), ("postgres", "ready")} <= set(started)
    assert [name for name, state in started if state == "starting"] == ["postgres", "redis"]
    assert {("redis", "stopped"), ("postgres", "stopped")} <= set(seen)


def test_engines_do_not_see_the_developers_environment(grounds: "Grounds", monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the shell that started a stage reaches its engines."""
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "x")
    with grounds.stage("redis") as stage:
        assert "SECRET_OF_THE_SHELL" not in psutil.Process(stage.engine("redis").pids[0]).environ()


def test_engines_are_in_sessions_of_their_own(grounds: "Grounds") -> None:
    """A signal to the developer's terminal or process group reaches no engine."""
    with grounds.stage("redis", "postgres") as stage:
        mains = [stage.engine("redis").pids[0], stage.engine("postgres").pids[0]]
        assert [os.getsid(pid) for pid in mains] == mains
        assert [os.getpgid(pid) for pid in mains] == mains
