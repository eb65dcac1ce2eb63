"""What the checks at synthesis found, and what of it the constructs acknowledge: from the files of an assembly."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"
_ANNOTATION: Final = "Annotation::"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A finding of cdk-nag or of the CDK's own validation.

    Attributes:
        rule: the rule's id, as it is acknowledged.
        path: the construct.
        text: what is wrong.
    """

    rule: str
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True, order=True)
class Acknowledged:
    """A finding that a construct has a reason for.

    Attributes:
        rule: the rule's id.
        path: the construct; it holds for what is below it too.
        reason: why.
    """

    rule: str
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.reason}"

    def covers(self, violation: Violation) -> bool:
        """Tell whether it is about a finding."""
        below = violation.path == self.path or violation.path.startswith(self.path + "/")
        return below and self.rule == violation.rule


def violations(assembly: Path) -> list[Violation]:
    """Return what was found, and not acknowledged."""
    report = json.loads((assembly / "validation-report.json").read_text())
    return [
        Violation(_rule(plugin["pluginName"], violation["ruleName"]), where["constructPath"], violation["description"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for where in violation["violatingConstructs"]
    ]


def _rule(plugin: str, rule: str) -> str:
    return f"CloudFormation-Validate::{rule}" if plugin == "CloudFormation Validate" else rule


def acknowledged(assembly: Path) -> Iterator[Acknowledged]:
    """Return what the constructs have acknowledged."""
    for file in assembly.glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if entry["type"] == _ACKNOWLEDGED:
                    for rule, reason in entry["data"].items():
                        yield Acknowledged(rule.removeprefix(_ANNOTATION), path.removeprefix("/"), reason)
