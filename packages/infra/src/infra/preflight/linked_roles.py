"""The roles by which AWS's services act in an account."""

from collections.abc import Iterator
from typing import Final

from infra.account import has_linked_role
from infra.stage import StageConfig

from .errors import Finding
from .subject import Subject

ALWAYS: Final = (
    "opensearchservice.amazonaws.com",
    "elasticache.amazonaws.com",
    "rds.amazonaws.com",
)
WITH_BASTION: Final = "autoscaling.amazonaws.com"


def services(config: StageConfig) -> tuple[str, ...]:
    """Return the services that need a role of their own in the account of a stage.

    OpenSearch makes none by itself. The others do with the first resource, which may fail while the role is new.
    """
    return (*ALWAYS, WITH_BASTION) if config.bastion else ALWAYS


def check_linked_roles(subject: Subject) -> Iterator[Finding]:
    """Find services that have no role yet."""
    for service in services(subject.config):
        if not has_linked_role(service, subject.clients):
            yield Finding(
                f"{service} has no service-linked role in the account",
                f"`nox -s bootstrap -- {subject.config.name}` makes it",
            )
