"""`deploy`: a stage, from its checks to the answer of its /health."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from core.names import API_URL_OUTPUT
from core.sdk import AwsError, aws_errors
from infra.cdk import CdkFailedError, Cli
from infra.deployed import find_stack, stack_of
from infra.hotswap import CODE_ACTIONS, settle
from infra.preflight import preflight

from .alone import alone
from .answering import await_health
from .asking import ask
from .assembling import assemble, build_bundles
from .failing import DeploymentFailedError, Failure, first_failure, latest_events
from .gate import Consent, Method, pass_gate
from .screen import Say, say
from .signing_in import Work, signed_in

HOW = (
    *("--all", "--concurrency", "1"),  # the foundation first
    *("--require-approval", "never"),  # the gate has decided
    *("--progress", "events"),
)
"""How the CDK deploys."""
_EVENT_ACTIONS = ("cloudformation:DescribeStackEvents",)


def run(options: argparse.Namespace) -> int:
    """Deploy a stage, and show its address and what /health answers; return the exit code."""
    work = signed_in(options, "deploy", say)
    with alone(work.root, work.config.name):
        preflight(work.config, work.clients, say)
        bundles = build_bundles(work.root, say)
        assembly = assemble(work.config, bundles, work.root, say)
        url = release(work, assembly, Consent(named=options.replace, ask=ask), say)
        with aws_errors(f"the code of {work.config.name} can't be compared with the deployed one", needs=CODE_ACTIONS):
            settle(work.config, bundles, work.clients, say)
    say(f"{work.config.name} is deployed: {url}")
    await_health(work.config.name, url, say)
    return 0


def release(work: Work, assembly: Path, consent: Consent, say: Say, *, method: Method = "auto") -> str:
    """Deploy an assembly, if no data is lost by it that nobody has given up; return the address of the API.

    Args:
        work: the stage.
        assembly: its cloud assembly.
        consent: what may be lost.
        say: takes lines.
        method: how it is found out what would be lost, where the stage is there already.

    Raises:
        DataLossError: data would be lost.
        DeploymentFailedError: CloudFormation could not do it; says what failed first.
        CdkError: the deployment failed, or did not begin.
        NotDeployedError: it did not, and there is no address.
    """
    cli = Cli.of(work.local, say, assembly=assembly)
    if _is_there(work):
        pass_gate(work.config.name, cli, consent, say, method=method)
    _deploy(work, cli, say)
    with aws_errors(f"the address of {work.config.name} can't be read"):
        return stack_of(work.clients, work.config.name, "application").output(API_URL_OUTPUT)


def _deploy(work: Work, cli: Cli, say: Say) -> None:
    stage = work.config.name
    with aws_errors(f"the events of {stage} can't be read", needs=_EVENT_ACTIONS):
        before = latest_events(work.clients, stage)
    try:
        cli.run("deploy", *HOW)
    except CdkFailedError as error:
        failure = _first(work, before, say)
        if failure is None:
            raise
        raise DeploymentFailedError(stage, failure) from error


def _first(work: Work, before: Mapping[str, str | None], say: Say) -> Failure | None:
    try:
        with aws_errors(f"what failed in {work.config.name} can't be read", needs=_EVENT_ACTIONS):
            return first_failure(work.clients, before)
    except AwsError as error:  # that the deployment failed is what the command ends with
        say(f"error: {error}")
        return None


def _is_there(work: Work) -> bool:
    """Return whether anything of the stage is deployed that a deployment could lose."""
    with aws_errors(f"deploy of {work.config.name}"):
        stacks = [find_stack(work.clients, work.config.name, part) for part in ("foundation", "application")]
    return any(stack is not None and stack.has_resources for stack in stacks)
