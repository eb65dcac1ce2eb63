"""The errors of removing a stage."""

from infra.errors import InfraError


class RemovalError(InfraError):
    """A stage can't be removed, or not yet."""


class InterfacesLeftError(RemovalError):
    """Lambda has not taken its network interfaces away.

    Attributes:
        interfaces: their ids.
    """

    def __init__(self, interfaces: tuple[str, ...], seconds: float) -> None:
        super().__init__(
            f"Lambda has not taken its network interfaces away within {seconds / 60:.0f} minutes "
            f"({', '.join(interfaces)}): the functions are gone, so run it again later; nothing is lost meanwhile"
        )
        self.interfaces = interfaces


class ProtectionLeftError(RemovalError):
    """A database is still protected from deletion.

    Attributes:
        database: its id.
    """

    def __init__(self, database: str, seconds: float) -> None:
        super().__init__(
            f"the deletion protection of {database} was switched off and is on after {seconds:.0f} s: run it again"
        )
        self.database = database


class StackBusyError(RemovalError):
    """Somebody deploys or removes the stage now.

    Attributes:
        stack: the stack's name.
    """

    def __init__(self, stack: str, status: str) -> None:
        super().__init__(f"the stack {stack} is {status}: wait until that has ended, then run it again")
        self.stack = stack
