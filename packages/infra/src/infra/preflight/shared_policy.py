"""That OpenSearch may write its logs: by a policy that all stages share."""

from collections.abc import Iterator

from infra.account import LOGS_POLICY, has_logs_policy

from .errors import Finding
from .subject import Subject


def check_shared_policy(subject: Subject) -> Iterator[Finding]:
    """Find a region without the policy: a domain that can't write its logs is not made."""
    if not has_logs_policy(subject.clients):
        yield Finding(
            f"{subject.config.region} has no resource policy {LOGS_POLICY} of CloudWatch Logs, which all stages share",
            f"`nox -s bootstrap -- {subject.config.name}` makes it, within the ten that a region may have",
        )
