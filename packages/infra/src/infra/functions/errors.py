"""The errors of the functions' templates."""

from infra.errors import InfraError


class UndeployableFunctionError(InfraError):
    """A function of the manifest can't be deployed as it is declared.

    Attributes:
        function: its name.
    """

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(f"function {function!r} can't be deployed: {reason}; change packages/functions' manifest")
        self.function = function
