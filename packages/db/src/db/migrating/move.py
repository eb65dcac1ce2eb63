"""One revision and which way it is gone: what its file says of how it is to be run."""

from dataclasses import dataclass

from alembic.runtime.migration import MigrationStep, RevisionStep
from alembic.script import Script, ScriptDirectory

from .pacing import Limits
from .scripts import file_of


@dataclass(frozen=True, slots=True)
class Move:
    """A revision to apply, or to take back.

    Attributes:
        script: the revision.
        up: whether it is applied.
    """

    script: Script
    up: bool

    @property
    def revision(self) -> str:
        """The revision's id."""
        return self.script.revision

    @property
    def file(self) -> str:
        """The name of its file."""
        return file_of(self.script)

    @property
    def concurrent(self) -> bool:
        """Whether its file marks it as one concurrent index statement."""
        return bool(getattr(self.script.module, "concurrent", False))

    def seconds(self, limits: Limits) -> float:
        """Return how long each of its statements may take: what its file says, else what is usual."""
        usual = limits.index if self.concurrent else limits.statement
        return float(getattr(self.script.module, "statement_seconds", usual))

    def step(self, scripts: ScriptDirectory) -> RevisionStep:
        """Return it as Alembic runs it."""
        make = MigrationStep.upgrade_from_script if self.up else MigrationStep.downgrade_from_script
        return make(scripts.revision_map, self.script)
