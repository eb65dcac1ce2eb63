"""Who runs a command, before it does anything: credentials of the stage's account."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from core.sdk import Clients, aws_errors
from infra.errors import InfraError
from infra.stage import StageConfig

from .given import described, given
from .screen import Say


class WrongAccountError(InfraError):
    """The credentials are of another account than the stage's.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str, belongs: str, signed_in: str) -> None:
        super().__init__(
            f"the credentials are those of account {signed_in}, and stage {stage!r} belongs into {belongs}: choose "
            "another profile by AWS_PROFILE, or mend MOCSTACK_ACCOUNT"
        )
        self.stage = stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a command works on.

    Attributes:
        root: the checkout.
        config: the stage.
        account: its account.
        clients: AWS, in its region.
    """

    root: Path
    config: StageConfig
    account: str
    clients: Clients

    @property
    def local(self) -> Path:
        """The folder of what is fetched, and kept between commands."""
        return self.root / ".local"


def signed_in(options: argparse.Namespace, command: str, say: Say) -> Work:
    """Return what a command works on, once AWS has said whose credentials these are.

    Args:
        options: the command line.
        command: the command, for what is said.
        say: takes a line that says who is signed in.

    Raises:
        SettingsError: the stage is not given what it needs.
        AwsError: there are no credentials, or AWS does not take them, or is not reached.
        WrongAccountError: they are of another account.
    """
    first = given(options, "synth")  # what can be said without AWS
    clients = Clients(first.region)
    with aws_errors(f"{command} of {first.stage}"):
        identity = clients.sts.get_caller_identity()
    say(f"{described(first.stage)}: signed in to account {identity['Account']} as {identity['Arn']}")
    settings = given(options, "deploy")
    account = settings.require_account()
    if identity["Account"] != account:
        raise WrongAccountError(settings.stage, account, identity["Account"])
    return Work(root=cast("Path", options.root), config=StageConfig.of(settings), account=account, clients=clients)
