"""`tunnel`: the bastion, the session, and what is typed to use it.

moto's server has Auto Scaling groups and instances, and no Session Manager: its answers are botocore's Stubber's, held
to the model of the API. AWS's plugin is in no registry: a program stands in for it that says what it was given.
"""

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from core import Iam, OpenSearch, Postgres
from core.sdk import Clients
from infra.cli import main
from infra.deployed import NotDeployedError, stack_of
from infra.tunnel import (
    BastionNotReadyError,
    PluginError,
    UnreachableEngineError,
    find_plugin,
    open_session,
    running_bastion,
    target,
)
from infra.tunnel.plugin import NAME, RESPONSE

pytestmark = pytest.mark.slow

GROUP = "mocstack-dev-bastion"
PROXY = "mocstack-dev.proxy-x.eu-central-1.rds.amazonaws.com"
POSTGRES = Postgres(
    host=PROXY,
    port=5432,
    database="my_postgres",
    user="app",
    auth=Iam(),
    region="eu-central-1",
    ca_file="/var/task/amazon-roots.pem",
)
SEARCH = OpenSearch(
    host="vpc-dev.eu-central-1.es.amazonaws.com",
    port=443,
    auth=Iam(),
    region="eu-central-1",
    ca_file="/var/task/amazon-roots.pem",
)
STAND_IN = """#!PYTHON
import json, os, sys, time
from pathlib import Path
if sys.argv[1:] == ["--version"]:
    print("1.2.707.0")
    sys.exit()
part = Path("FOLDER", "part")
part.write_text(json.dumps({"arguments": sys.argv[1:], "session": os.environ["AWS_SSM_START_SESSION_RESPONSE"]}))
part.rename(Path("FOLDER", "given"))
time.sleep(600)
"""


def install(folder: Path, text: str) -> Path:
    """Put a program into a folder of the PATH as the plugin."""
    program = folder / NAME
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the plugin's stand-in says what it was given."""
    install(tmp_path, STAND_IN.replace("PYTHON", sys.executable).replace("FOLDER", str(tmp_path)))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "is not on the PATH"),
        ("#!/bin/sh\necho 1.2.463.0\n", "of version 1.2.463.0, older than 1.2.497.0"),
        ("#!/bin/sh\nexit 1\n", "does not run"),
        ("#!/bin/sh\necho what\n", "older than 1.2.497.0"),
    ],
)
def test_without_a_good_plugin_the_line_says_where_it_comes_from(
    text: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no package of any registry."""
    if text is not None:
        install(tmp_path, text)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PluginError) as raised:
        find_plugin()
    assert words in str(raised.value)
    assert "AWS's installer is at https://docs.aws.amazon.com/systems-manager/" in str(raised.value)


def test_a_tunnel_to_postgres_keeps_the_proxys_name(aws: Clients, stack: Callable[..., None]) -> None:
    """Certificates bear it and tokens are signed for it: only the address is this machine's."""
    stack("application", LinkMyPostgres=POSTGRES.encode())
    where = target("postgres", stack_of(aws, "dev", "application"))
    assert (where.host, where.port) == (PROXY, 5432)
    _, line = where.ready(15432)
    assert f"host={PROXY} hostaddr=127.0.0.1 port=15432 dbname=my_postgres user=app sslmode=verify-full" in line
    assert f"generate-db-auth-token --region eu-central-1 --hostname {PROXY} --port 5432 --username app" in line


def test_a_tunnel_to_opensearch_keeps_the_domains_name(aws: Clients, stack: Callable[..., None]) -> None:
    """The request is signed for the host that it names."""
    stack("application", LinkMyOpenSearch=SEARCH.encode())
    where = target("opensearch", stack_of(aws, "dev", "application"))
    _, line = where.ready(19200)
    assert f"--connect-to {SEARCH.host}:443:127.0.0.1:19200" in line
    assert "aws:amz:eu-central-1:es" in line
    assert f"https://{SEARCH.host}:443/_cluster/health" in line


def test_the_bastion_leads_to_what_it_is_let_through_to(aws: Clients, stack: Callable[..., None]) -> None:
    """Not to Redis; and a stage whose stack does not tell a link is to be deployed again."""
    stack("application")
    with pytest.raises(UnreachableEngineError, match="only functions do"):
        target("redis", stack_of(aws, "dev", "application"))
    with pytest.raises(NotDeployedError, match="has no output LinkMyPostgres"):
        target("postgres", stack_of(aws, "dev", "application"))


def make_group(aws: Clients, instances: int) -> None:
    """Make the bastion's group, of some instances."""
    image = aws.ec2.describe_images()["Images"][0].get("ImageId", "")
    aws.ec2.create_launch_template(
        LaunchTemplateName=GROUP, LaunchTemplateData={"ImageId": image, "InstanceType": "t4g.nano"}
    )
    aws.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=GROUP,
        LaunchTemplate={"LaunchTemplateName": GROUP},
        MinSize=0,
        MaxSize=1,
        DesiredCapacity=instances,
        AvailabilityZones=["eu-central-1a"],
    )


def online(aws: Clients, *states: str) -> Stubber:
    """Have Session Manager know the bastion's instance in one state after another."""
    stubber = Stubber(aws.ssm)
    for state in states:
        stubber.add_response("describe_instance_information", {"InstanceInformationList": [{"PingStatus": state}]})
    return stubber


def wanted(aws: Clients) -> int:
    """Return how many instances the bastion's group is to have."""
    (group,) = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
    return group["DesiredCapacity"]


STARTED = f"starting the bastion: {GROUP} has no instance"
STOPPED = f"the bastion is stopped again: {GROUP}"
RUNS = (
    "the bastion still runs; to stop it: aws autoscaling set-desired-capacity --region eu-central-1 "
    f"--auto-scaling-group-name {GROUP} --desired-capacity 0"
)


@pytest.mark.parametrize(
    ("instances", "keep", "said"),
    [(1, False, [RUNS]), (0, False, [STARTED, STOPPED]), (0, True, [STARTED, RUNS])],
)
def test_a_bastion_that_was_stopped_is_started_and_stopped_again(
    aws: Clients, instances: int, *, keep: bool, said: list[str]
) -> None:
    """One that runs is left as it is: somebody may be using it. What becomes of it is said."""
    make_group(aws, instances)
    lines: list[str] = []
    with online(aws, "Online"), running_bastion(GROUP, aws, lines.append, keep=keep) as instance:
        (group,) = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
        assert [one["InstanceId"] for one in group.get("Instances", [])] == [instance]
    assert lines == said
    assert wanted(aws) == (0 if STOPPED in said else 1)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, OSError])
def test_however_a_tunnel_ends_the_bastion_is_stopped(aws: Clients, end: type[BaseException]) -> None:
    """Ctrl-C, the end of the terminal, or an error."""
    make_group(aws, 0)
    with pytest.raises(end), online(aws, "Online"), running_bastion(GROUP, aws, lambda _: None):
        raise end
    assert wanted(aws) == 0


def test_a_bastion_that_does_not_register_is_given_up(aws: Clients) -> None:
    """The line says where the group's activities are told; what was started for it is stopped."""
    make_group(aws, 0)
    with (
        online(aws, "ConnectionLost"),
        pytest.raises(BastionNotReadyError, match=f"describe-scaling-activities --auto-scaling-group-name {GROUP}"),
        running_bastion(GROUP, aws, lambda _: None, patience=0),
    ):
        pass
    assert wanted(aws) == 0


def sessions(aws: Clients) -> Stubber:
    """Have Session Manager start a session, and end it."""
    stubber = Stubber(aws.ssm)
    session = {"SessionId": "s-1", "StreamUrl": "wss://example.com/s-1", "TokenValue": "token-of-a-test"}
    stubber.add_response("start_session", session)
    stubber.add_response("terminate_session", {"SessionId": "s-1"}, {"SessionId": "s-1"})
    return stubber


def test_the_plugin_is_given_the_session_and_no_argument_shows_its_token(
    aws: Clients, plugin: Path, stack: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    """It gets what AWS's command line gives it; afterwards it is gone, and so is the session."""
    stack("application", LinkMyPostgres=POSTGRES.encode())
    where = target("postgres", stack_of(aws, "dev", "application"))
    stubber = sessions(aws)
    with stubber, open_session(find_plugin(), aws, instance="i-1", target=where, port=15432) as forward:
        given = read_when_there(plugin / "given", forward.process)
    stubber.assert_no_pending_responses()
    assert forward.port == 15432
    assert forward.process.returncode == -signal.SIGTERM
    assert json.loads(given["session"]) == {
        "SessionId": "s-1",
        "StreamUrl": "wss://example.com/s-1",
        "TokenValue": "token-of-a-test",
    }
    variable, region, operation, profile, request, endpoint = given["arguments"]
    assert (variable, region, operation, profile) == (RESPONSE, "eu-central-1", "StartSession", "")
    assert json.loads(request) == {
        "Target": "i-1",
        "DocumentName": "AWS-StartPortForwardingSessionToRemoteHost",
        "Parameters": {"host": [PROXY], "portNumber": ["5432"], "localPortNumber": ["15432"]},
    }
    assert endpoint.startswith("http")
    assert "token-of-a-test" not in json.dumps(given["arguments"])
    assert "token-of-a-test" not in "".join(capfd.readouterr())


def read_when_there(file: Path, process: "subprocess.Popen[bytes]") -> Any:  # noqa: ANN401  # JSON
    """Return what a program has written, once it has."""
    while not file.exists():
        assert process.poll() is None
    return json.loads(file.read_text())


def test_without_a_port_one_that_is_free_is_taken(aws: Clients, plugin: Path, stack: Callable[..., None]) -> None:
    """And told to the plugin."""
    stack("application", LinkMyPostgres=POSTGRES.encode())
    where = target("postgres", stack_of(aws, "dev", "application"))
    with sessions(aws), open_session(find_plugin(), aws, instance="i-1", target=where) as forward:
        given = read_when_there(plugin / "given", forward.process)
    assert json.loads(given["arguments"][4])["Parameters"]["localPortNumber"] == [str(forward.port)]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, aws: Clients) -> None:  # noqa: ARG001  # there is nothing yet
    """The settings of this checkout, without a bastion, and no plugin on the PATH."""
    monkeypatch.setenv("MOCSTACK_REGION", "eu-central-1")
    monkeypatch.setenv("MOCSTACK_ACCOUNT", "123456789012")
    monkeypatch.setenv("MOCSTACK_BASTION", "false")
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(Path(__file__).parents[4])


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("arguments", "outputs", "words"),
    [
        (["dev", "redis"], {}, "the bastion does not reach redis"),
        (["dev"], {}, "stage 'dev' has no bastion: set MOCSTACK_BASTION=true"),
        (["dev"], {"BastionGroupName": GROUP}, "the session-manager-plugin is not on the PATH"),
    ],
)
def test_what_stands_against_a_tunnel_is_one_line(
    arguments: list[str],
    outputs: dict[str, str],
    words: str,
    stack: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is deployed counts, and not this checkout's setting; the plugin is looked for once it is of use."""
    stack("foundation", **outputs)
    stack("application", LinkMyPostgres=POSTGRES.encode())
    assert main(["tunnel", *arguments]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


@pytest.mark.usefixtures("settings")
def test_credentials_are_asked_for_before_the_plugin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without them nobody can say whether a tunnel could be had."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main(["tunnel", "dev"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "sign in to AWS first" in line
