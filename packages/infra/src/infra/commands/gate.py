"""The gate of a deployment: nothing that holds data is replaced or deleted unasked.

The CDK's own diff decides. Where it can, it asks CloudFormation what the change would do (by a change set that is not
executed), else it compares the templates, by the properties that AWS documents a change of to be a replacement.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from infra.cdk import CdkFailedError, Cli
from infra.errors import InfraError

from .screen import Say

HOLDING_DATA: Final = frozenset(
    {
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Volume",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::KMS::Key",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue",
    }
)
"""The types of what nobody gets back once it is gone. Log groups are not among them: their records are copies of what
has happened, and they go with the function that wrote them."""

_LINE = re.compile(
    r"  (?P<stack>\S.*?): (?P<kind>\w+::\S+) (?:.* )?(?P<id>[A-Za-z0-9]+) (?P<fate>(?:will|may) be \w+)"
    r"(?: \(moved to .*\))?"
)
"""How `cdk diff --fail-on destructive` names a resource; the version that the lock pins."""
_HEADING = re.compile(r"\W*Found (\d+) destructive change\(s\)")

Method = Literal["auto", "template"]
"""How the CDK's diff finds out."""
Ask = Callable[[str], str | None]
"""Asks a person, who types an answer; None where nobody is there to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What may be lost.

    Attributes:
        named: the logical ids of what was named in advance.
        ask: asks about the rest.
    """

    named: Collection[str]
    ask: Ask


@dataclass(frozen=True, slots=True)
class Loss:
    """A resource that would be lost.

    Attributes:
        stack: the stack's name, as the CDK shows it.
        kind: its type, as in `AWS::S3::Bucket`.
        logical_id: its name in the template.
        fate: what happens to it, as in `will be replaced`.
    """

    stack: str
    kind: str
    logical_id: str
    fate: str

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.kind}) {self.fate}"


class DataLossError(InfraError):
    """A deployment would replace or delete what holds data, and nobody has confirmed it.

    Attributes:
        losses: what would be lost.
    """

    def __init__(self, stage: str, losses: tuple[Loss, ...], confirmed: Collection[str]) -> None:
        names = sorted({*confirmed, *(loss.logical_id for loss in losses)})
        said = "; ".join(map(str, losses))
        run = " ".join(f"--replace {name}" for name in names)
        super().__init__(
            f"stage {stage!r} is not deployed, and nothing was changed, because data would be lost: {said}. "
            f"If that is what you want: `nox -s deploy -- {stage} {run}`"
        )
        self.losses = losses


class DiffNotReadError(InfraError):
    """The CDK says that something is destroyed, and not in words that are understood here."""

    def __init__(self) -> None:
        super().__init__(
            "the CDK's diff names destructive changes in a form that is not known here, so nothing is deployed: its "
            "version and infra/commands/gate.py do not fit together"
        )


def pass_gate(stage: str, cli: Cli, consent: Consent, say: Say, *, method: Method = "auto") -> None:
    """Show what a deployment would change, and stop it where data would be lost that nobody has given up by name.

    Args:
        stage: the stage.
        cli: the CDK's command line, with the new assembly.
        consent: whose word it takes for that.
        say: takes the lines of the diff.
        method: `auto` asks CloudFormation where it can; `template` compares the templates alone.

    Raises:
        DataLossError: something would be lost.
        CdkFailedError: there is no diff.
        DiffNotReadError: it is not understood.
    """
    code, lines = cli.told("diff", "--fail-on", "destructive", "--method", method, say=say)
    found = losses(lines)
    if code != 0 and not _is_destructive(lines):
        raise CdkFailedError("diff", code)
    left = tuple(loss for loss in found if loss.kind in HOLDING_DATA and loss.logical_id not in consent.named)
    left = tuple(loss for loss in left if not _given_up(loss, consent.ask))
    if left:
        raise DataLossError(stage, left, consent.named)


def losses(lines: Iterable[str]) -> tuple[Loss, ...]:
    """Return what a diff says will or may be replaced, deleted, or left behind without its stack.

    Raises:
        DiffNotReadError: it announces more than is understood.
    """
    lines = list(lines)
    found = tuple(
        Loss(line["stack"], line["kind"], line["id"], line["fate"]) for line in map(_LINE.fullmatch, lines) if line
    )
    announced = sum(int(heading[1]) for heading in map(_HEADING.match, lines) if heading)
    if len(found) != announced:
        raise DiffNotReadError
    return found


def _is_destructive(lines: Iterable[str]) -> bool:
    return any(map(_HEADING.match, lines))


def _given_up(loss: Loss, ask: Ask) -> bool:
    return ask(f"{loss}, and its data is lost. Type {loss.logical_id} to do so all the same: ") == loss.logical_id
