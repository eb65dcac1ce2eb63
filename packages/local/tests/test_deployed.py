"""`migrate` of a deployed stage: what is asked of AWS, and what is said where it fails."""

import http.client
import json
import time
from collections.abc import Callable, Generator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from local.deployed import DeployedStageError, migrate
from local.stage import Stage

pytestmark = pytest.mark.slow

STACK = "mocstack-staging-application"
TEMPLATE = {
    "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    "Outputs": {"ProvisionFunctionName": {"Value": "provision-of-staging"}},
}
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the developer's AWS settings is used, and no instance's metadata is asked."""
    for name in (
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_SESSION_TOKEN",
        "MOCSTACK_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def fails(stage: str = "staging") -> str:
    """Return the line by which migrating a stage fails; nothing but it is said."""
    said: list[str] = []
    with pytest.raises(DeployedStageError) as raised:
        migrate(stage, said.append)
    line = str(raised.value)
    assert "\n" not in line
    assert "secret-of-a-test" not in line
    assert repr(stage) in line
    return line


@pytest.mark.parametrize("stage", ["Staging", "x", "a_b", "production-", "", "../etc", "x" * 17])
def test_a_wrong_name_is_told_what_one_looks_like(stage: str) -> None:
    """AWS is not asked for what no stage can be called."""
    line = fails(stage)
    assert "lower-case letters" in line
    assert "`nox -s migrate` alone" in line


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says where one is chosen, and whoever does that gets further."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert "set AWS_REGION, or one in your profile" in fails()
    regions = asked_in(monkeypatch)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert "no AWS region" not in fails()
    assert regions == ["eu-west-3"]


def test_a_region_of_the_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the environment names none, an empty one included, the profile's counts."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "")
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    regions = asked_in(monkeypatch)
    fails()
    assert regions == ["eu-north-1"]


def test_a_region_goes_before_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As AWS's command line takes them."""
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    regions = asked_in(monkeypatch)
    fails()
    assert regions == ["eu-west-3"]


def test_the_stages_own_region_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The env file of the stage says where it lies, and the environment wins over the file."""
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages" / "staging.env").write_text("MOCSTACK_REGION=eu-north-1\n")
    (tmp_path / "stages" / "production.env").write_text("MOCSTACK_REGION=eu-south-1\n")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    regions = asked_in(monkeypatch)
    for chosen in ({}, {"MOCSTACK_REGION": "eu-central-2"}):
        for name, region in chosen.items():
            monkeypatch.setenv(name, region)
        with pytest.raises(DeployedStageError):
            migrate("staging", print, root=tmp_path)
    assert regions == ["eu-north-1", "eu-central-2"]


def asked_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every request of the SDK fail, and return what will hold the regions that were asked."""
    regions: list[str] = []

    def refuse(client: Any, *_: object) -> None:  # noqa: ANN401  # the SDK has no types
        regions.append(client.meta.region_name)
        raise EndpointConnectionError(endpoint_url="https://aws.invalid")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    return regions


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says how to sign in, without a wait for a machine's metadata that is not there."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    line = fails()
    assert "aws sso login" in line
    assert "Unable to locate credentials" in line


def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key without its secret is no way to sign in."""
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "aws sso login" in fails()


def test_no_such_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile is named."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    line = fails()
    assert "nobody" in line
    assert "AWS_PROFILE" in line


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing answers it is said, and a proxy is not asked for this machine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    line = fails()
    assert "can't be reached" in line
    assert "127.0.0.1:9" in line


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Have every request of the SDK fail."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "aws sso login"),
        ("AccessDenied", "needs cloudformation:DescribeStacks and lambda:InvokeFunction"),
        ("Throttling", "answered Throttling to DescribeStacks"),
    ],
)
def test_what_aws_refuses(monkeypatch: pytest.MonkeyPatch, code: str, said: str) -> None:
    """Who is not let in is told to sign in, who may not is told what is needed, and the rest is repeated."""
    refusing(monkeypatch, ClientError({"Error": {"Code": code, "Message": "AWS's words"}}, "DescribeStacks"))
    line = fails()
    assert said in line
    assert "AWS's words" in line


class Answers:
    """The two calls, answered."""

    def __init__(self, outputs: list[dict[str, str]], invoked: dict[str, Any]) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers = {
            "DescribeStacks": {"Stacks": [{"StackStatus": "CREATE_FAILED", "Outputs": outputs}]},
            "Invoke": invoked,
        }

    def __call__(self, _client: object, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a call."""
        self.calls.append((operation, arguments))
        return self._answers[operation]


def answering(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    """Have the SDK's requests answered."""

    def answer(client: object, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return answers(client, operation, arguments)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", answer)


OUTPUTS = [{"OutputKey": "ProvisionFunctionName", "OutputValue": "provision-of-staging"}]
LOG = "U1RBUlQKYXBwbGllZCBvbmUKRU5ECg=="  # START, applied one, END


def test_a_stack_without_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment that did not come that far: its state is told."""
    answering(monkeypatch, Answers([], {}))
    line = fails()
    assert "CREATE_FAILED" in line
    assert "ProvisionFunctionName" in line
    assert "nox -s deploy -- staging" in line


def test_the_log_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the function has logged, and what it answered."""
    answers = Answers(OUTPUTS, {"LogResult": LOG, "Payload": BytesIO(b'{"at": "head"}')})
    answering(monkeypatch, answers)
    said: list[str] = []
    assert migrate("staging", said.append) == 0
    assert said[1:] == ["START", "applied one", "END", 'migrated: {"at": "head"}']
    (_, described), (_, invoked) = answers.calls
    assert described == {"StackName": STACK}
    assert invoked == {"FunctionName": "provision-of-staging", "LogType": "Tail", "Payload": b'{"action": "migrate"}'}


@pytest.mark.parametrize(
    ("payload", "words"), [(b'{"errorMessage": "two heads"}', "two heads"), (b"garbage", "garbage"), (b"[]", "[]")]
)
def test_a_function_that_fails_is_exit_code_1(monkeypatch: pytest.MonkeyPatch, payload: bytes, words: str) -> None:
    """Its log is shown, and its error in a line."""
    invoked = {"LogResult": LOG, "FunctionError": "Unhandled", "Payload": BytesIO(payload)}
    answering(monkeypatch, Answers(OUTPUTS, invoked))
    said: list[str] = []
    assert migrate("staging", said.append) == 1
    assert said[1:4] == ["START", "applied one", "END"]
    assert said[-1] == f"error: the provision function failed (Unhandled): {words}"


class Broken:
    """An answer whose connection breaks while it is read."""

    def read(self) -> bytes:
        """Fail as the SDK does."""
        raise ReadTimeoutError(endpoint_url="https://lambda.invalid")


def test_an_answer_that_breaks_off_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's answer comes after its headers: that it does not is said as any other failure of the network."""
    answering(monkeypatch, Answers(OUTPUTS, {"LogResult": LOG, "Payload": Broken()}))
    with pytest.raises(DeployedStageError, match=r"can't be reached.*lambda\.invalid"):
        migrate("staging", lambda _: None)


@pytest.fixture
def aws(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[str], Any]]:
    """Return what makes a client for the AWS of the local stage, and send the SDK there."""
    port = stage.engine("s3").port
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "")
    configured(port, use_docker=False)
    yield lambda service: cast("Any", boto3).client(service, config=Config(proxies={}))
    configured(port, use_docker=True)


def configured(port: int, *, use_docker: bool) -> None:
    """Tell moto how to run functions."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as moto:
        moto.request("POST", "/moto-api/config", json.dumps({"lambda": {"use_docker": use_docker}}))
        assert moto.getresponse().status < 300


@pytest.mark.engines
def test_a_stage_is_found_and_its_function_invoked(aws: Callable[[str], Any]) -> None:
    """Over the wire, as on AWS: the stack's output names the function, and its answer is shown."""
    line = fails()
    assert f"there is no stack {STACK}" in line
    assert "nox -s deploy -- staging" in line

    role = aws("iam").create_role(RoleName="provision", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws("lambda").create_function(
        FunctionName="provision-of-staging", Role=role, Runtime="python3.13", Handler="x.y", Code={"ZipFile": b"x"}
    )
    aws("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(TEMPLATE))
    wait_for_stack(aws)
    said: list[str] = []
    assert migrate("staging", said.append) == 0
    assert said[0].startswith("invoking provision-of-staging")
    assert said[-1] == 'migrated: {"action": "migrate"}'  # moto's function answers what it was given


def wait_for_stack(aws: Callable[[str], Any]) -> None:
    """Wait until the stack is there."""
    until = time.monotonic() + 60
    while aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
        assert time.monotonic() < until
