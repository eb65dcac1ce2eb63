"""What the checks that know the services say of the application's templates."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

pytestmark = pytest.mark.slow

CASES = ("dev", "production", "personal", "fewer", "real")


@pytest.mark.parametrize("name", CASES)
def test_the_services_schemas_take_the_template(assemblies: Path, name: str) -> None:
    """cfn-lint, which has the schema of every resource, finds no error."""
    assert _errors((assemblies / name / "Application.template.json").read_text()) == []


def test_cfn_lint_looks(assemblies: Path) -> None:
    """A runtime that there is not is found: the check before this can fail."""
    text = (assemblies / "real" / "Application.template.json").read_text()
    assert _errors(text.replace("python3.13", "python3.99"))


def _errors(template: str) -> list[str]:
    matches = lint(template, config=ManualArgs(regions=["us-east-1"]))
    return [str(match) for match in matches if match.rule.severity == "error"]


@pytest.mark.parametrize("name", CASES)
def test_what_cdk_nag_finds_has_its_reason(assemblies: Path, name: str) -> None:
    """Each finding is put right, or acknowledged beside its construct with the reason."""
    assert _found(assemblies / name) == []


def test_cdk_nag_looks(assemblies: Path) -> None:
    """A role that may read every bucket, and says no reason, is found: the check before this can fail."""
    assert _found(assemblies / "unchecked") == ["AwsSolutions-IAM5[Resource::*]"]


def _found(assembly: Path) -> list[str]:
    report: Mapping[str, Any] = json.loads((assembly / "validation-report.json").read_text())
    return [violation["ruleName"] for plugin in report["pluginReports"] for violation in plugin["violations"]]
