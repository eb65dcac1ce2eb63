"""The command line: usage, and errors in a line."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from commands.conftest import Checkout

from infra.commands.declared import COMMANDS

pytestmark = pytest.mark.slow

ON_AWS = sorted(set(COMMANDS) - {"synth"})

HOLDS = """
import sys, time
from pathlib import Path
from infra.commands.alone import alone
with alone(Path(sys.argv[1]), "dev"):
    Path(sys.argv[1], "held").touch()
    time.sleep(600)
"""
"""Holds a stage, as a command does that works on it."""

HANGS = """
import sys, time
from pathlib import Path
from infra import cli
from infra.commands import declared
class Hanging(declared.Command):
    def load(self):
        def run(options):
            Path("begun").touch()
            time.sleep(600)
        return run
command = declared.COMMANDS["deploy"]
cli.COMMANDS["deploy"] = Hanging(command.declare, command.module, command.interrupted)
sys.exit(cli.main(["deploy", "dev"]))
"""
"""A deployment that does not end by itself."""


def until_there(file: Path) -> None:
    """Wait for a file."""
    until = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("arguments", [(), ("depoly", "dev"), ("",)])
def test_an_unknown_command_is_told_the_others(arguments: tuple[str, ...], checkout: Checkout) -> None:
    """In one line."""
    done = checkout.run(*arguments)
    assert done.returncode == 2
    assert done.stderr == f"usage: python -m infra {{{','.join(COMMANDS)}}}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_the_commands(option: str, checkout: Checkout) -> None:
    """With a line each."""
    done = checkout.run(option)
    assert (done.returncode, done.stderr) == (0, "")
    usage, empty, *lines = done.stdout.splitlines()
    assert usage.startswith("usage: python -m infra COMMAND STAGE")
    assert empty == ""
    assert [line.split()[0] for line in lines] == list(COMMANDS)
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_bad_arguments_give_a_usage_line(name: str, checkout: Checkout) -> None:
    """As one types it; and `-h` says what the command is for."""
    for arguments in ((), ("dev", "--sideways")):
        done = checkout.run(name, *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith(f"usage: nox -s {name} -- ")
    shown = checkout.run(name, "-h")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"usage: nox -s {name} -- ")


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize(
    ("stage", "says"), [("Production!", "is no name of a stage"), ("local", "is the stage on a laptop")]
)
def test_what_is_no_stage_is_refused(name: str, stage: str, says: str, checkout: Checkout) -> None:
    """Before anything is asked of AWS."""
    done = checkout.run(name, stage)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith(f"error: {stage!r} {says}")


@pytest.mark.parametrize(
    ("stage", "meant"), [("prod", "production"), ("prodution", "production"), ("stage", "staging")]
)
def test_a_name_that_means_another_stage_is_asked_about(stage: str, meant: str, checkout: Checkout) -> None:
    """As a personal stage it would lack the protection that its maker thinks of; one that is meant has a file."""
    done = checkout.run("synth", stage)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert f"did you mean {meant!r}? If not, write stages/{stage}.env" in line
    checkout.folder.joinpath("stages", f"{stage}.env").write_text("MOCSTACK_REGION=nowhere\n")
    assert "MOCSTACK_REGION is wrong" in checkout.run("synth", stage).stderr


def test_a_folder_that_nobody_may_write_to_is_named(checkout: Checkout) -> None:
    """In a line, and not in a traceback."""
    checkout.folder.joinpath("stages", "dev.env").unlink(missing_ok=True)
    checkout.folder.joinpath("stages", "dev.env").mkdir()
    done = checkout.run("synth", "dev")
    assert done.returncode == 1
    assert done.stderr == f"error: {checkout.folder}/stages/dev.env: Is a directory\n"


def test_outside_of_a_checkout_it_says_so(checkout: Checkout, tmp_path: Path) -> None:
    """And works in every folder of one."""
    outside = Checkout(tmp_path, checkout.environ).run("synth", "dev")
    assert (outside.returncode, outside.stdout) == (1, "")
    assert outside.stderr.startswith("error: this is no checkout of mocstack")
    inside = Checkout(checkout.folder / "stages", checkout.environ).run("synth", "local")
    assert "is the stage on a laptop" in inside.stderr


@pytest.mark.parametrize("name", ON_AWS)
def test_without_credentials_a_line_says_what_to_do(name: str, checkout: Checkout) -> None:
    """Nothing else is said or done; also where nothing tells the SDK not to look for an instance's metadata."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        del checkout.environ[variable]
    done = checkout.run(name, "dev")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "sign in to AWS first (`aws sso login`, or AWS_PROFILE, or access keys in the environment)" in line
    assert not (checkout.folder / ".local").exists()
    assert not (checkout.folder / "cdk.out").exists()


def closed_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("name", ON_AWS)
def test_without_a_network_a_line_says_so(name: str, checkout: Checkout) -> None:
    """It ends by itself: no wait of the SDK's is longer than a person's."""
    checkout.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{closed_port()}"
    done = checkout.run(name, "dev")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {name} of dev: AWS can't be reached: ")
    assert not (checkout.folder / ".local").exists()


REFUSED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error>
<RequestId>1</RequestId></ErrorResponse>"""
"""What AWS answers to credentials that it does not know."""


@pytest.fixture
def refusing() -> Generator[str]:
    """Return the address of a server that knows nobody's credentials."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(403)
            self.end_headers()
            self.wfile.write(REFUSED.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ON_AWS)
def test_credentials_that_aws_refuses_are_told_so(name: str, checkout: Checkout, refusing: str) -> None:
    """In a line, and nothing is done."""
    checkout.environ["AWS_ENDPOINT_URL"] = refusing
    done = checkout.run(name, "dev")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "sign in to AWS first" in line
    assert "AWS does not take the credentials (InvalidClientTokenId: The security token" in line
    assert not (checkout.folder / ".local").exists()


@pytest.mark.parametrize("name", ["diff", "deploy", "remove", "bootstrap"])
def test_who_is_signed_in_is_said_where_the_account_is_not_given(name: str, served_checkout: Checkout) -> None:
    """That is what one would fill in, or not; the file to fill it into is named."""
    served_checkout.give("dev", REGION="eu-central-1")
    done = served_checkout.run(name, "dev")
    assert done.returncode == 1
    assert "signed in to account 123456789012 as arn:aws:" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: the stage 'dev' is not given what it needs, by the environment and stages/dev.env: ")
    assert "MOCSTACK_ACCOUNT is missing" in line


@pytest.mark.parametrize("name", ["diff", "deploy", "remove", "bootstrap"])
def test_credentials_of_another_account_do_nothing(name: str, served_checkout: Checkout) -> None:
    """Both accounts are named."""
    served_checkout.give("dev", REGION="eu-central-1", ACCOUNT="999999999999")
    done = served_checkout.run(name, "dev")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "are those of account 123456789012, and stage 'dev' belongs into 999999999999" in line


def test_two_commands_do_not_work_on_one_stage(served_checkout: Checkout) -> None:
    """The second says who does; what is deployed is not written anew meanwhile. Another stage is free."""
    folder = served_checkout.folder
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, str(folder)])
    try:
        until_there(folder / "held")
        done = served_checkout.run("remove", "dev")
        assert done.returncode == 1
        assert f"another command works on the stage 'dev' in this checkout (process {holder.pid})" in done.stderr
        assert "nothing of jane is in eu-central-1" in served_checkout.run("remove", "jane").stdout
    finally:
        holder.kill()
        holder.wait()
    assert served_checkout.run("remove", "dev").returncode == 0  # the kernel has freed it


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (signal.SIGINT, 130, "interrupted: CloudFormation goes on with what it has begun; run it again once that has"),
        (signal.SIGTERM, 143, ""),
        (signal.SIGHUP, 129, ""),
    ],
)
def test_what_is_ended_says_what_goes_on(number: signal.Signals, code: int, says: str, checkout: Checkout) -> None:
    """By the exit code that shells know, and no traceback."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS], cwd=checkout.folder, env=checkout.environ, stderr=subprocess.PIPE, text=True
    )
    until_there(checkout.folder / "begun")
    os.kill(process.pid, number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert errors.startswith(says)
    assert len(errors.splitlines()) == bool(says)
