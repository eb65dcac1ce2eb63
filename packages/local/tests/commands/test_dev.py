"""`dev`, on genuine engines. OpenSearch, which only costs time here, is left out."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest

READY = "Ctrl-C stops everything"
WITHOUT = ("--without", "opensearch")


class Checkout(Protocol):
    """A checkout of the test's own; see conftest.py."""

    folder: Path
    functions: Path

    def own_db(self) -> Path:
        """Copy the package `db`; return the copy's folder."""
        ...

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        ...

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command."""
        ...


@pytest.fixture
def taken() -> Generator[int]:
    """Return a port that someone listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def read_until(process: "subprocess.Popen[str]", text: str) -> list[str]:
    """Return the lines up to one that has a text."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if text in line:
            return lines
    pytest.fail("\n".join(lines))


def end(process: "subprocess.Popen[str]") -> str:
    """End a process in order, and return what it still had to say."""
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    return output


def ask(port: int) -> int:
    """Ask /health and return the status."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/health")
        return connection.getresponse().status


def place(lines: list[str], pattern: str) -> int:
    """Return where the one line is that a pattern is found in."""
    (found,) = [number for number, line in enumerate(lines) if re.search(pattern, line)]
    return found


@pytest.mark.engines
def test_one_table_shows_everything_in_order(checkout: Checkout, free: int) -> None:
    """After /health: the API on the port asked for, routes, engines with their true state, files; then it is ready."""
    process = checkout.start("dev", *WITHOUT, "--port", str(free))
    lines = read_until(process, READY)
    order = [
        place(lines, r"^/health    degraded$"),
        place(lines, "^local stage"),
        place(lines, rf"API .*http://127\.0\.0\.1:{free} .*degraded"),
        place(lines, rf"health: GET .*http://127\.0\.0\.1:{free}/health .*served"),
        place(lines, "PostgreSQL, .* as app .*running"),
        place(lines, "PostgreSQL, .* as owner .*running"),
        place(lines, "Redis as app .*running"),
        place(lines, "OpenSearch .*not started"),
        place(lines, "S3 .*running"),
        place(lines, r"commands to reach them .*\.local/env"),
        place(lines, r"logs of the engines .*\.local/logs"),
        place(lines, READY),
    ]
    assert order == sorted(order)
    assert ask(free) == 200
    end(process)


@pytest.mark.engines
def test_only_the_wanted_log_is_shown(checkout: Checkout, free: int) -> None:
    """With --log of another function nothing of this one is seen; what it serves is served all the same."""
    process = checkout.start("dev", *WITHOUT, "--port", str(free), "--log", "another")
    lines = read_until(process, READY)
    assert ask(free) == 200
    written = [*lines, *end(process).splitlines()]
    assert not [line for line in written if line.startswith("health ")]


@pytest.mark.engines
def test_a_log_that_is_asked_for_is_shown(checkout: Checkout, free: int) -> None:
    """With --log of this function its requests are seen, as without any."""
    process = checkout.start("dev", *WITHOUT, "--port", str(free), "--log", "health")
    read_until(process, READY)
    assert ask(free) == 200
    read_until(process, "success in")
    end(process)


@pytest.mark.engines
def test_once_fails_where_it_is_not_healthy(checkout: Checkout) -> None:
    """Degraded is not healthy: the body is the last line all the same, and the exit code says it."""
    done = checkout.run("dev", "--once", *WITHOUT)
    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "degraded"


@pytest.mark.engines
def test_a_changed_manifest_is_not_claimed_to_be_served(checkout: Checkout) -> None:
    """A reload of code is just that; one of the manifest says that it takes a restart."""
    process = checkout.start("dev", *WITHOUT, "--log", "another")
    read_until(process, READY)
    with (checkout.functions / "__init__.py").open("a") as file:
        file.write("# changed\n")
    assert read_until(process, "reloaded") == ["reloaded"]
    with (checkout.functions / "manifest.py").open("a") as file:
        file.write("# changed\n")
    # The first reload may still be looking at the manifest, and find it changed.
    lines = read_until(process, "the manifest has changed: restart dev to serve it")
    assert lines[:-1] in ([], ["reloaded"])
    end(process)


@pytest.mark.engines
def test_changed_models_are_not_claimed_to_be_in_the_database(checkout: Checkout) -> None:
    """A reload says what it leaves undone: the database, the revision and the studio are as they were."""
    models = checkout.own_db() / "models"
    process = checkout.start("dev", *WITHOUT, "--log", "another")
    read_until(process, READY)
    with (models / "wishlist.py").open("a") as file:
        file.write("# changed\n")
    (line,) = [line for line in read_until(process, "the models have changed") if line != "reloaded"]
    assert "nox -s push" in line
    end(process)


@pytest.mark.engines
def test_a_stage_that_can_not_be_read_any_more_is_one_line(checkout: Checkout) -> None:
    """What the watch of the engines meets ends it with a sentence, not with a group of exceptions."""
    process = checkout.start("dev", *WITHOUT, "--log", "another")
    read_until(process, READY)
    state = checkout.folder / ".local" / "state.json"
    kept = state.rename(state.with_name("kept.json"))
    state.mkdir()
    output, _ = process.communicate(timeout=60)
    state.rmdir()
    kept.rename(state)
    assert (process.returncode, "Traceback" in output) == (1, False), output
    assert output.splitlines()[-1].startswith(f"error: {checkout.folder / '.local'} can't be used: ")


@pytest.mark.engines
def test_stop_ends_one_that_was_suspended(checkout: Checkout) -> None:
    """Ctrl-Z and a closed terminal leave a program that hears of nothing until it goes on."""
    process = checkout.start("dev", *WITHOUT)
    read_until(process, READY)
    process.send_signal(signal.SIGSTOP)
    stopped = checkout.run("stop")
    output, _ = process.communicate(timeout=60)
    assert (stopped.returncode, process.returncode) == (0, 0), stopped.stderr + output


@pytest.mark.engines
def test_a_port_that_is_taken_is_one_line(checkout: Checkout, taken: int) -> None:
    """The port is named, everything is stopped again, and there is no traceback."""
    done = checkout.run("dev", *WITHOUT, "--port", str(taken))
    written = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in written) == (1, False), written
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{taken}" in line


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "http"])
def test_a_port_that_is_none_is_a_usage_error(checkout: Checkout, port: str) -> None:
    """It is refused before anything starts."""
    done = checkout.run("dev", f"--port={port}")
    assert (done.returncode, "is no port" in done.stderr) == (2, True)
    assert not (checkout.folder / ".local").exists()


@pytest.mark.parametrize("command", [("dev",), ("invoke", "health"), ("shell", "local", "true")])
def test_a_folder_that_can_not_be_used_is_one_line(checkout: Checkout, command: tuple[str, ...]) -> None:
    """A file in the stage's place is named, with what to do."""
    (checkout.folder / ".local").touch()
    done = checkout.run(*command)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {checkout.folder / '.local'} can't be used: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_one_line(checkout: Checkout) -> None:
    """Whose it is, is said, and what to do."""
    (checkout.folder / ".local").mkdir()
    os.chown(checkout.folder / ".local", 65_534, -1)
    done = checkout.run("dev")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "it belongs to user 65534" in line


def test_a_source_that_can_not_be_read_is_one_line(checkout: Checkout) -> None:
    """What keeps the code from being compiled at the start is named."""
    (checkout.functions / "data.txt").symlink_to(checkout.functions / "data.txt")
    (checkout.functions / "manifest.py").write_text(
        "from core.manifest import Function\n"
        "HEALTH = Function(name='probe', handler='functions.probe.handler', description='')\n"
        "FUNCTIONS = (HEALTH,)\n"
    )
    done = checkout.run("invoke", "probe")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "data.txt" in line
    assert line.startswith("error: the functions' code can't be compiled")
