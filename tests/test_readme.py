"""The README: every command in it works in a clean clone, and every file it names is there."""

import json
import re
import shlex

import pytest

from clone import ROOT, Clone

README = (ROOT / "README.md").read_text()
COMMANDS = sorted({" ".join(found.split()) for found in re.findall(r"uv run nox -s ([^`\n]+)", README)})
BY_CI = {"test", "check"}
"""What .ci/run calls, and these tests are part of."""
BY_A_PERSON = {"dev", "studio"}
"""What runs until it is ended: `test_shutdown.py` and the tests of the studio run it."""
ON_AWS = {command for command in COMMANDS if re.search(r" -- dev$", command) and not command.startswith("synth")}
"""What needs credentials, which a clone in these tests has none of."""
SHORTER = {"bench": "bench -- --quick modules"}
"""What is run in place of a command that takes minutes; the bench's own tests run the rest of it."""

clean_clone = [pytest.mark.engines, pytest.mark.network, pytest.mark.timeout(900)]  # a clone is installed


def test_the_two_commands_stand_first() -> None:
    """The README shows the program working before it explains anything."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert blocks[:2] == ["pip install uv && uv run nox -s dev\n", "uv run nox -s test\n"]


def test_ci_runs_what_it_is_said_to_run() -> None:
    """`nox -s check` is all that CI calls, and it includes the tests."""
    assert "nox -s check" in (ROOT / ".ci" / "run").read_text()
    assert 'session.notify("test")' in (ROOT / "noxfile.py").read_text()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_every_page_it_names_is_there(link: str) -> None:
    """No link leads nowhere."""
    assert (ROOT / link).is_file()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=clean_clone)
        for command in COMMANDS
        if command not in BY_CI | BY_A_PERSON | ON_AWS and command != "unit"
    ],
)
def test_a_command_works_in_a_clean_clone(clone: Clone, command: str) -> None:
    """A newcomer who copies it gets what is promised."""
    ran = clone.session(*shlex.split(SHORTER.get(command, command)))
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("command", [pytest.param(command, marks=clean_clone) for command in sorted(ON_AWS)])
def test_a_command_on_aws_says_what_it_needs(clone: Clone, command: str) -> None:
    """Without an account and credentials it ends with a line that says how to go on."""
    ran = clone.session(*shlex.split(command))
    assert ran.returncode == 1
    said = ran.stdout + ran.stderr
    assert re.search(
        r"^error: .*(MOCSTACK_ACCOUNT|sign in to AWS first|no AWS region is chosen)", said, re.MULTILINE
    ), said
    assert "Traceback" not in said


@pytest.mark.engines
@pytest.mark.network
@pytest.mark.timeout(900)
def test_dev_once_ends_with_the_health_body_and_so_does_a_second_time(clone: Clone) -> None:
    """The last line is a healthy body, with every component, on the first start and on the next."""
    for _ in range(2):
        ran = clone.session("dev", "--", "--once")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        body = json.loads(ran.stdout.strip().splitlines()[-1])
        assert body["status"] == "healthy"
        assert {name: part["status"] for name, part in body["components"].items()} == dict.fromkeys(
            ("opensearch", "postgres", "redis"), "healthy"
        )


@pytest.mark.engines
@pytest.mark.network
@pytest.mark.timeout(900)
def test_shell_gives_every_link(clone: Clone) -> None:
    """The example prints the host of the local database."""
    program = "from core import Resource; print(Resource.MyPostgres.host, Resource.MyBucket.name)"
    ran = clone.session("shell", "--", "local", "python", "-c", program)
    assert ran.stdout.strip().splitlines()[-1] == "127.0.0.1 my-bucket"
