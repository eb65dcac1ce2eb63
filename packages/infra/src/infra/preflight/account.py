"""Whose credentials these are."""

from collections.abc import Iterator

from core.sdk import Clients
from infra.stage import StageConfig

from .errors import Finding


def check_account(config: StageConfig, clients: Clients) -> Iterator[Finding]:
    """Find credentials of another account than the stage's: its resources would be made there."""
    identity = clients.sts.get_caller_identity()
    if identity["Account"] != config.account:
        yield Finding(
            f"the credentials are those of account {identity['Account']} ({identity['Arn']}), and stage "
            f"{config.name!r} belongs into {config.account}",
            "choose another profile by AWS_PROFILE, or mend MOCSTACK_ACCOUNT",
        )
