"""`remove`: a stage, taken off AWS."""

import argparse
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.names import Part
from core.sdk import aws_errors
from infra.cdk import Cli, use_for_jsii
from infra.deployed import DeployedStack, find_stack
from infra.errors import InfraError
from infra.leftovers import delete_log_groups
from infra.log_group_names import log_groups
from infra.removal import (
    Resource,
    await_interfaces,
    empty_bucket,
    final_snapshots,
    lift_protections,
    plan,
)
from infra.removal.errors import StackBusyError

from .alone import alone
from .asking import ask
from .gate import HOLDING_DATA
from .screen import say
from .signing_in import Work, signed_in

_PARTS: Final[tuple[Part, ...]] = ("application", "foundation")
"""In the order in which they are removed."""


class NotConfirmedError(InfraError):
    """A stage that people rely on is not removed unless its name is typed.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"stage {stage!r} is not removed, and nothing was changed: its name was not typed; where nobody can, "
            f"`nox -s remove -- {stage} --confirm {stage}`"
        )
        self.stage = stage


def run(options: argparse.Namespace) -> int:
    """Remove a stage; return the exit code. What did not end can be run again."""
    work = signed_in(options, "remove", say)
    stage = work.config.name
    with alone(work.root, stage), aws_errors(f"remove of {stage}"):
        stacks = [stack for part in _PARTS if (stack := _found(work, part))]
        if not stacks:
            say(f"nothing of {stage} is in {work.config.region} of account {work.account}")
            return 0
        plans = {stack.name: plan(work.clients, stack) for stack in stacks}
        resources = [resource for planned in plans.values() for resource in planned]
        _tell(work, resources)
        _confirm(work, options.confirm)
        with _begun(stage):
            _remove(work, stacks, plans)
            _delete_logs(work, resources)
        _tell_left(work, resources)
    return 0


@contextmanager
def _begun(stage: str) -> Generator[None]:
    """Say of a removal that fails half-way that it can be taken up again."""
    try:
        yield
    except Exception:
        say(f"what is not removed yet is, when `nox -s remove -- {stage}` is run again")
        raise


def _found(work: Work, part: Part) -> DeployedStack | None:
    stack = find_stack(work.clients, work.config.name, part)
    if stack and stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
        raise StackBusyError(stack.name, stack.status)
    return stack


def _tell(work: Work, resources: list[Resource]) -> None:
    gone = sum(resource.fate != "stays" for resource in resources)
    say(f"removing {work.config.name} from {work.config.region} of account {work.account}: {gone} resources; of data,")
    for resource in resources:
        match resource.fate:
            case "stays":
                say(f"  stays   {resource.physical_id} ({resource.kind})")
            case "snapshot":
                say(f"  goes    {resource.physical_id} ({resource.kind}), and a final snapshot stays")
            case "goes" if resource.kind in HOLDING_DATA:
                say(f"  goes    {resource.physical_id} ({resource.kind})")
            case "goes":
                pass


def _confirm(work: Work, confirmed: str | None) -> None:
    stage = work.config.name
    if not work.config.shape.protected:
        return
    if (confirmed or ask(f"Type {stage} to remove it: ")) != stage:
        raise NotConfirmedError(stage)


def _remove(work: Work, stacks: list[DeployedStack], plans: dict[str, tuple[Resource, ...]]) -> None:
    for stack in stacks:
        lift_protections(work.clients, stack, plans[stack.name], say)
    with tempfile.TemporaryDirectory() as folder:
        cli = Cli.of(work.local, say, assembly=_bare(work, Path(folder)))
        for stack in stacks:
            _destroy(work, cli, stack, plans[stack.name])


def _destroy(work: Work, cli: Cli, stack: DeployedStack, resources: tuple[Resource, ...]) -> None:
    # Only in the foundation is a network, and the functions that were in it are gone by then.
    for network in _of_kind(resources, "AWS::EC2::VPC"):
        await_interfaces(work.clients, network, say)
    for bucket in _of_kind(resources, "AWS::S3::Bucket"):
        empty_bucket(work.clients, bucket, say)
    cli.run("destroy", stack.name, "--exclusively", "--force")


def _delete_logs(work: Work, resources: list[Resource]) -> None:
    names = [
        *_of_kind(tuple(resources), "AWS::Logs::LogGroup"),
        *(n for p in _PARTS for n in log_groups(work.config, p)),
    ]
    for name in delete_log_groups(dict.fromkeys(names), work.clients):
        say(f"deleted the log group {name}, which was written to once more")


def _of_kind(resources: tuple[Resource, ...], kind: str) -> list[str]:
    return [resource.physical_id for resource in resources if resource.kind == kind and resource.fate == "goes"]


def _bare(work: Work, folder: Path) -> Path:
    """Write an assembly of the stacks without anything in them, for that is all that destroying them takes."""
    use_for_jsii()
    from infra.bare import write_bare  # noqa: PLC0415  # loads the CDK's library, for seconds, on the Node just set

    write_bare(work.config, folder / "assembly")
    return folder / "assembly"


def _tell_left(work: Work, resources: list[Resource]) -> None:
    say(f"{work.config.name} is removed")
    for name in final_snapshots(work.clients, resources):
        say(f"  stays   {name} (final snapshot)")
    for resource in resources:
        if resource.fate != "stays":
            continue
        say(f"  stays   {resource.physical_id} ({resource.kind})")
        if resource.physical_id == work.config.bucket_name:
            say(
                f"a later deployment of {work.config.name} stops at that name, which is taken then: "
                f"MOCSTACK_EXISTING_BUCKET={resource.physical_id} has it use the bucket as it is"
            )
