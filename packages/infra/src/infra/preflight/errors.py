"""What a preflight finds."""

from dataclasses import dataclass

from infra.errors import InfraError


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that would fail a deployment, or cost data.

    Attributes:
        problem: what is wrong, and on what.
        remedy: what to do.
    """

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.remedy}"


class PreflightError(InfraError):
    """A stage can't be deployed as things are. Nothing was changed.

    Attributes:
        stage: the stage's name.
        findings: each thing that stands against it.
    """

    def __init__(self, stage: str, findings: tuple[Finding, ...]) -> None:
        lines = "".join(f"\n- {finding}" for finding in findings)
        super().__init__(f"stage {stage!r} is not deployed, and nothing was changed:{lines}")
        self.stage = stage
        self.findings = findings
