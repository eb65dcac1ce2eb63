"""What linters that know the services say: the CDK's own validation, cdk-nag, cfn-lint."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cfnlint
import pytest
from cfnlint.config import ManualArgs

from templates.edit import Edit
from templates.made import Synthesize, TemplatesOf
from templates.model import PARTS
from templates.releases import MADE
from templates.reports import Acknowledged, Violation, acknowledged, violations
from templates.variants import VARIANTS

pytestmark = pytest.mark.slow

OF_THE_CDK: Final = frozenset(
    {"CloudFormation-Validate::W3010", "CloudFormation-Validate::F3002", "CloudFormation-Validate::F3003"}
)
"""Rules that constructs of the CDK acknowledge by themselves, for its own templates, used or not."""
WARNINGS: Final = {
    "W3005": "the CDK says of a dependency what a reference says too: it is the same dependency",
    "W3010": "zones are named where the settings name them, for an account whose first two do not offer everything",
    "W6001": "links are told to people as the application has them, made of the foundation's exports",
}
"""The warnings of cfn-lint that stay, and why."""
LONG_ENOUGH: Final = 30
"""Characters that a reason has at least: a sentence."""


LINTED: Final = (*VARIANTS, *MADE)
"""The releases that are looked at: every stage, and those with functions of every kind."""


EXCUSING: Final = ("dev", "existing-bucket", "everything", "made-production")
"""The releases that between them have every acknowledgement."""


@pytest.fixture(scope="session")
def ignoring(synthesize: Synthesize) -> Path:
    """Return the assemblies as cdk-nag sees them if nothing is acknowledged."""
    return synthesize("ignoring", EXCUSING, "--nag", "ignoring")


def found(folder: Path) -> set[Violation]:
    """Return the findings on the releases that excuse anything."""
    return {each for name in EXCUSING for each in violations(folder / name)}


def excused(folder: Path, releases: Sequence[str]) -> set[Acknowledged]:
    """Return what the constructs of releases acknowledge, but for what the CDK's own do."""
    every = {each for name in releases for each in acknowledged(folder / name)}
    return {each for each in every if each.rule.startswith("AwsSolutions-") or "::" in each.rule}


@pytest.mark.parametrize("name", LINTED)
def test_nag_and_the_cdk_find_nothing_unexplained(name: str, assemblies: Path) -> None:
    """What AwsSolutions and the CDK's validation find is acknowledged by the construct that it is found on."""
    assert [str(each) for each in violations(assemblies / name)] == []


def test_nag_has_looked(ignoring: Path) -> None:
    """Without what is acknowledged there are findings of both, so that their silence means something."""
    rules = {each.rule for each in found(ignoring)}
    assert {"AwsSolutions-RDS11", "CloudFormation-Validate::F3002"} <= rules


def test_every_acknowledgement_is_of_a_finding(assemblies: Path, ignoring: Path) -> None:
    """An acknowledgement without a finding would hide a later one: it is taken away with what it was for."""
    there = found(ignoring)
    unused = [each for each in excused(assemblies, EXCUSING) if not any(each.covers(violation) for violation in there)]
    assert [str(each) for each in unused if each.rule not in OF_THE_CDK] == []


def test_every_acknowledgement_has_a_reason(assemblies: Path) -> None:
    """A reason is a sentence."""
    assert [str(each) for each in excused(assemblies, LINTED) if len(each.reason) < LONG_ENOUGH] == []


@pytest.mark.parametrize("name", LINTED)
def test_cfn_lint_finds_nothing(name: str, templates_of: TemplatesOf) -> None:
    """cfn-lint, with CloudFormation's own schemas of the region, has no error, and no warning beyond the table."""
    written = templates_of(name).written
    matches = [
        match
        # The foundation knows no function: that of a stage with the manifest that was made up is the stage's own.
        for part in (PARTS if name in VARIANTS else ("application",))
        for match in cfnlint.lint(written.texts[part], config=ManualArgs(regions=[written.config.region]))
    ]
    assert [f"{match.rule.id}: {match.message}" for match in matches if match.rule.id not in WARNINGS] == []
    assert all(match.rule.severity == "warning" for match in matches)


def test_cfn_lint_has_looked(templates_of: TemplatesOf) -> None:
    """A property of a wrong type and one that is not there are errors to it."""
    edit = Edit(templates_of("dev").written)
    edit.one("AWS::RDS::DBInstance").update(BackupRetentionPeriod="a week", Nonsense=True)
    text = edit.done().texts["foundation"]
    assert len([match for match in cfnlint.lint(text) if match.rule.severity == "error"]) >= 2


@pytest.mark.parametrize("name", MADE)
def test_the_foundation_knows_no_function(name: str, templates_of: TemplatesOf) -> None:
    """With whatever manifest, the foundation of a stage is the same to the byte."""
    stage = templates_of(name.removeprefix("made-")).written
    assert templates_of(name).written.texts["foundation"] == stage.texts["foundation"]
