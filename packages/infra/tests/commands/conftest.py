"""Checkouts of a test's own, the commands in them as a person runs them, and AWS as far as moto's server goes."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tooling.moto_fixtures import REGION, aws, own_aws_environment

from core.sdk import Clients
from infra.cdk import Cli, installed

__all__ = ["aws", "own_aws_environment"]

ROOT = Path(__file__).parents[4]
ACCOUNT = "123456789012"
"""The account that moto's server plays."""
SECONDS = 150
"""How long a command may take before it hangs."""

ASSEMBLY = """
import json, sys
from pathlib import Path
from infra.cdk import use_for_jsii
use_for_jsii()
from aws_cdk import App, Environment, Stack
from aws_cdk.cloudformation_include import CfnInclude
out, stacks, account, region = sys.argv[1:]
app = App(outdir=out, analytics_reporting=False)
made = []
for name, template in json.loads(stacks).items():
    file = Path(f"{out}.{name}.json")
    file.write_text(json.dumps(template))
    stack = Stack(app, name, stack_name=name, env=Environment(account=account, region=region))
    CfnInclude(stack, "Included", template_file=str(file))
    for before in made:
        stack.add_stack_dependency(before)
    made.append(stack)
app.synth()
"""
"""Writes an assembly of given templates, in a process of its own: jsii wants none of this one's."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the commands take for a checkout.

    Attributes:
        folder: the checkout.
        environ: the environment of the commands.
    """

    folder: Path
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "infra", *arguments],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def give(self, stage: str, **variables: str) -> None:
        """Write the env file of a stage."""
        lines = [f"MOCSTACK_{name}={value}\n" for name, value in variables.items()]
        (self.folder / "stages" / f"{stage}.env").write_text("".join(lines))


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Return the address of moto's server, in a process of its own: it warns of each thing that it does not know."""
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("w") as written:
        command = [sys.executable, "-I", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        server = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
    try:
        yield _address(log)
    finally:
        server.terminate()
        server.wait()


def _address(log: Path) -> str:
    until = time.monotonic() + SECONDS
    while not (found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text())):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
    return found[1]


@pytest.fixture
def checkout(tmp_path: Path, own_aws_environment: None) -> Checkout:  # noqa: ARG001
    """Return a checkout whose dev stage is of moto's account."""
    folder = tmp_path / "checkout"
    (folder / "packages" / "infra").mkdir(parents=True)
    (folder / "uv.lock").touch()
    (folder / "stages").mkdir()
    made = Checkout(folder)
    made.give("dev", REGION=REGION, ACCOUNT=ACCOUNT)
    return made


def served(checkout: Checkout, moto: str) -> Checkout:
    """Send a checkout's commands to moto's server, with the CDK's command line installed, that of the real checkout."""
    script = installed(ROOT / ".local", print)
    ours = script.parents[3]  # the folder that holds node_modules
    (checkout.folder / ".local" / "cdk").mkdir(parents=True)
    (checkout.folder / ".local" / "cdk" / ours.name).symlink_to(ours)
    # By name: for a bucket the CDK's command line puts its name in front.
    checkout.environ["AWS_ENDPOINT_URL"] = moto.replace("127.0.0.1", "localhost")
    return checkout


@pytest.fixture
def served_checkout(checkout: Checkout, moto: str, aws: Clients) -> Checkout:  # noqa: ARG001  # there is nothing yet
    """Return a checkout whose commands talk to moto's server."""
    return served(checkout, moto)


def write_assembly(out: Path, stacks: Mapping[str, Mapping[str, object]]) -> Path:
    """Write an assembly of templates, by their stacks' names; each depends on those before it."""
    command = [sys.executable, "-c", ASSEMBLY, str(out), json.dumps(stacks), ACCOUNT, REGION]
    subprocess.run(command, capture_output=True, text=True, check=True)
    return out


def cli_of(checkout: Checkout, assembly: Path | None = None) -> Cli:
    """Return the CDK's command line for a checkout."""
    local = checkout.folder / ".local"
    script = installed(local, print)
    return Cli(script=script, home=local / "cdk" / "home", assembly=assembly, environ=checkout.environ)
