"""What is checked, and what a check is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.names import Part
from core.sdk import Clients
from infra.deployed import DeployedStack
from infra.stage import StageConfig

from .errors import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A stage that is to be deployed.

    Attributes:
        config: the stage.
        clients: AWS, in the stage's region.
        foundation: what is deployed of it already; None for nothing.
        application: likewise.
    """

    config: StageConfig
    clients: Clients
    foundation: DeployedStack | None
    application: DeployedStack | None

    @property
    def is_new(self) -> bool:
        """Whether the deployment makes the stage's foundation."""
        return self.makes("foundation")

    def makes(self, part: Part) -> bool:
        """Return whether the deployment makes one of the stage's stacks."""
        stack = self.foundation if part == "foundation" else self.application
        return stack is None or not stack.has_resources


Check = Callable[[Subject], Iterator[Finding]]
"""Yields what it finds. The SDK's errors pass: who calls it tells them."""
