"""The errors of opening a tunnel."""

from infra.errors import InfraError

_SOURCE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)


class TunnelError(InfraError):
    """A tunnel can't be opened."""


class PluginError(TunnelError):
    """The Session Manager plugin is not there, or too old. No registry has it: AWS gives it out itself."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}: AWS's installer is at {_SOURCE}")


class NoBastionError(TunnelError):
    """The stage has no bastion.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"stage {stage!r} has no bastion: set MOCSTACK_BASTION=true and `nox -s deploy -- {stage}` first"
        )
        self.stage = stage


class UnreachableEngineError(TunnelError):
    """The bastion does not reach the engine.

    Attributes:
        engine: the engine.
    """

    def __init__(self, engine: str) -> None:
        super().__init__(
            f"the bastion does not reach {engine}, only functions do: it reaches postgres, by RDS Proxy, and opensearch"
        )
        self.engine = engine


class BastionNotReadyError(TunnelError):
    """The bastion's instance did not register with Session Manager in time.

    Attributes:
        group: its Auto Scaling group.
    """

    def __init__(self, group: str, seconds: float) -> None:
        super().__init__(
            f"no instance of {group} has registered with Session Manager within {seconds:.0f} s: see the group's "
            f"activities by `aws autoscaling describe-scaling-activities --auto-scaling-group-name {group}`"
        )
        self.group = group
