"""What is wrong with a stage, or with what it is given."""

from dataclasses import dataclass

from core.errors import CoreError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a stage's variables.

    Attributes:
        subject: the variable, or the place in the env file.
        reason: what is wrong with it and what it must be; it never repeats the value.
    """

    subject: str
    reason: str

    def __str__(self) -> str:
        return f"{self.subject} {self.reason}"


class SettingsError(CoreError, ValueError):
    """A stage is not given what it needs: everything that is missing or wrong, at once.

    Attributes:
        stage: the stage's name.
        problems: what is wrong, never empty.
    """

    def __init__(self, stage: str, problems: tuple[Problem, ...], sources: str = "the environment") -> None:
        said = f" {problems[0]}" if len(problems) == 1 else "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the stage {stage!r} is not given what it needs, by {sources}:{said}")
        self.stage = stage
        self.problems = problems
