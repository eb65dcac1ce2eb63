"""What a fault test does to an engine, and what a killed run leaves of one."""

import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local.engines import (
    Engine,
    EngineError,
    EngineFailedError,
    EngineName,
    EnginePortError,
    Identity,
    PostgresServer,
    RedisServer,
    Site,
    processes,
)
from local.engines.probes import redis_serves
from local.locks import CancelledError
from local.paths import is_root

if TYPE_CHECKING:
    from .conftest import Workshop

pytestmark = pytest.mark.engines


def redis(site: Site) -> RedisServer:
    """Describe a Redis server."""
    return RedisServer(site=site, passwords={"admin": "admin", "app": "app"})


def postgres(site: Site) -> PostgresServer:
    """Describe a PostgreSQL server."""
    return PostgresServer(site=site, passwords={"admin": "a", "owner": "o", "app": "p"}, databases=("mocs",))


def serves(engine: Engine) -> bool:
    """Return whether Redis answers."""
    return redis_serves(engine.port, "app", "app")


def statuses(engine: Engine) -> set[str]:
    """Return what the processes of an engine are doing, as the system says it."""
    return {psutil.Process(pid).status() for pid in engine.pids}


def is_gone(pid: int) -> bool:
    """Return whether nothing runs under a number; who adopted its process may not have noticed the end yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Return whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
    return True


def test_a_frozen_engine_accepts_and_stays_silent_until_it_is_thawed(workshop: "Workshop") -> None:
    """Frozen, the kernel still accepts connections and nothing answers; thawed, it serves as before."""
    engine = workshop.start(redis(workshop.site("redis")))
    engine.freeze()
    with socket.create_connection(("127.0.0.1", engine.port), 5) as connection:
        connection.settimeout(0.2)
        connection.sendall(b"PING\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        engine.thaw()
        connection.settimeout(5)
        assert connection.recv(7).startswith(b"-NOAUTH")
    assert serves(engine)


def test_freezing_reaches_every_process(workshop: "Workshop") -> None:
    """PostgreSQL is a family of processes: none of them runs on."""
    engine = workshop.start(postgres(workshop.site("postgres")))
    assert len(engine.pids) > 4
    engine.freeze()
    assert eventually(lambda: statuses(engine) == {psutil.STATUS_STOPPED})
    engine.thaw()
    assert eventually(lambda: psutil.STATUS_STOPPED not in statuses(engine))


def test_killing_leaves_no_process_and_the_next_start_takes_the_same_port(workshop: "Workshop") -> None:
    """After SIGKILL nothing of the engine is left, and it comes back where clients look for it."""
    engine = workshop.start(postgres(workshop.site("postgres")))
    before, port = engine.pids, engine.port
    engine.kill()
    assert all(is_gone(pid) for pid in before)
    assert not engine.is_running
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    engine.start()
    assert engine.port == port
    assert not set(before) & set(engine.pids)


def test_a_frozen_engine_stops_in_order(workshop: "Workshop") -> None:
    """Stopping does not wait for a frozen process to give in: it is thawed for that."""
    engine = workshop.start(redis(workshop.site("redis")))
    engine.freeze()
    engine.stop()
    assert not engine.is_running
    assert "ready to exit" in workshop.site("redis").log.read_text()


def test_an_engine_whose_main_process_was_killed_starts_again(workshop: "Workshop") -> None:
    """Children that outlive the main process, even frozen ones, do not keep the next one from starting."""
    engine = workshop.start(postgres(workshop.site("postgres")))
    engine.freeze()
    main, *children = engine.pids
    os.kill(main, signal.SIGKILL)
    assert eventually(lambda: not engine.is_running)
    engine.start()
    assert all(is_gone(child) for child in children)
    assert engine.is_running


def test_an_engine_whose_port_someone_has_does_not_start(workshop: "Workshop") -> None:
    """Another server that would answer its probe, passwords and all, is neither taken for it nor disturbed."""
    stranger = workshop.start(redis(workshop.site("redis")))
    ours = replace(stranger.definition.site, folder=workshop.folder / "ours", log=workshop.folder / "ours.log")
    with pytest.raises(EnginePortError, match=f"127.0.0.1:{stranger.port}"):
        workshop.start(redis(ours))
    assert serves(stranger)


def test_an_answer_is_not_believed_of_an_engine_that_has_ended(workshop: "Workshop") -> None:
    """Whoever answers the probe while our process is gone is someone else."""

    class Ends(RedisServer):
        def is_ready(self) -> bool:
            for process in processes.inside(self.site.folder, self.is_ours):
                processes.send(process, signal.SIGKILL)
            return eventually(lambda: not processes.inside(self.site.folder, self.is_ours))

    with pytest.raises(EngineFailedError):
        workshop.start(Ends(site=workshop.site("redis"), passwords={"admin": "admin", "app": "app"}))


def test_starting_twice_is_starting_once(workshop: "Workshop") -> None:
    """An engine that runs is left as it is."""
    engine = workshop.start(redis(workshop.site("redis")))
    pids = engine.pids
    engine.start()
    assert engine.pids == pids


def test_a_start_that_is_cancelled_leaves_nothing(workshop: "Workshop") -> None:
    """Cancelled while it waits, a start ends at once and takes its processes with it."""
    engine = workshop.start(redis(workshop.site("redis")))
    engine.stop()
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        engine.start(cancelled=cancelled)
    assert not processes.inside(workshop.site("redis").folder, engine.definition.is_ours)


def test_its_own_processes_are_found_without_a_note_and_strangers_are_not(workshop: "Workshop") -> None:
    """What a killed starter never noted is ended; the developer's shell in the same folder is left alone."""
    place = workshop.site("redis")
    engine = workshop.start(redis(place))
    main = engine.pids[0]
    forgotten = Engine(redis(place), _Nothing())
    with subprocess.Popen((sys.executable, "-c", "input()"), cwd=place.folder, stdin=subprocess.PIPE) as stranger:
        forgotten.clear()
        assert eventually(lambda: not processes.is_alive(Identity(main, psutil.Process().create_time())))
        assert not engine.is_running
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_process_with_the_number_of_one_that_is_gone_is_a_stranger(tmp_path: Path) -> None:
    """A number alone is not an identity: with another time of creation it is neither alive nor signalled."""
    with subprocess.Popen((sys.executable, "-c", "input()"), cwd=tmp_path, stdin=subprocess.PIPE) as stranger:
        created = psutil.Process(stranger.pid).create_time()
        assert processes.is_alive(Identity(stranger.pid, created))
        former = Identity(stranger.pid, created - 60)
        assert not processes.is_alive(former)
        assert processes.tree(former) == ()
        processes.send(former, signal.SIGKILL)
        stranger.communicate(b"\n")
        assert stranger.returncode == 0


@pytest.mark.skipif(not is_root(), reason="only root hands its engines to another user")
@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_for_root_engines_run_as_nobody(workshop: "Workshop", name: EngineName) -> None:
    """No process of the engine has a right of root's: user, group and further groups are nobody's."""
    place = workshop.site(name)
    engine = workshop.start(postgres(place) if name == "postgres" else redis(place))
    nobody = pwd.getpwnam("nobody")
    for pid in engine.pids:
        process = psutil.Process(pid)
        assert set(process.uids()) == {nobody.pw_uid}
        assert set(process.gids()) == {nobody.pw_gid}
        groups = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Groups:")]
        assert groups in ([], ["Groups:\t "])


def test_the_strictest_umask_keeps_no_engine_from_its_data(workshop: "Workshop") -> None:
    """Folders that are made on the way to the data are open to the engine's user, whatever the umask."""
    before = os.umask(0o077)
    try:
        inside = replace(workshop.site("redis"), folder=workshop.folder / "made" / "on the way" / "redis")
        assert serves(workshop.start(redis(inside)))
    finally:
        os.umask(before)


@pytest.mark.skipif(not is_root(), reason="only root hands its engines to another user")
def test_a_folder_that_nobody_cannot_reach_is_named(workshop: "Workshop") -> None:
    """Data inside of a closed folder is refused with the folder that is closed, before anything is started."""
    closed = workshop.folder / "closed"
    closed.mkdir(mode=0o700)
    inside = replace(workshop.site("redis"), folder=closed / "redis")
    with pytest.raises(EngineError, match=f"{closed} is closed to others"):
        workshop.start(redis(inside))


class _Nothing:
    """A register that knows of nothing, as after a starter was killed before it could note anything."""

    def process(self) -> Identity | None:
        """Return nothing."""
        return None

    def note(self, process: Identity | None) -> None:
        """Forget it."""
