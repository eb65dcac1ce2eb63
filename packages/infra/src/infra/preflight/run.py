"""All checks of a stage before it is deployed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from core.sdk import AccessDeniedError, Clients, RefusedError, aws_errors
from infra.deployed import find_stack
from infra.stage import StageConfig

from .bootstrap import check_bootstrap
from .bucket import check_bucket
from .engines import check_engines
from .errors import Finding, PreflightError
from .linked_roles import check_linked_roles
from .names import check_names
from .quotas import check_quotas
from .redis_mode import check_redis_mode
from .shared_policy import check_shared_policy
from .stacks import check_stacks
from .subject import Check, Subject
from .zones import check_zones

CHECKS: Final[Mapping[str, Check]] = {
    "stacks": check_stacks,
    "CDK bootstrap": check_bootstrap,
    "service-linked roles": check_linked_roles,
    "logs policy": check_shared_policy,
    "bucket": check_bucket,
    "Redis mode": check_redis_mode,
    "names": check_names,
    "quotas": check_quotas,
    "availability zones": check_zones,
    "engine versions": check_engines,
}
"""By what each looks at, in the order in which a person would mend them."""

_COLUMN = 24


def preflight(config: StageConfig, clients: Clients, say: Callable[[str], object]) -> None:
    """Look for what would fail the deployment of a stage, before anything is changed.

    Args:
        config: the stage, with its account.
        clients: AWS, in the stage's account and region: whose credentials they are is known by then.
        say: takes a line for each check.

    Raises:
        PreflightError: something stands against it; it lists everything, each with what to do.
        AwsError: there are no credentials, or AWS is not reached.
    """
    with aws_errors(f"preflight of {config.name}"):
        subject = _subject(config, clients)
    findings: list[Finding] = []
    for title, check in CHECKS.items():
        found = tuple(_found(title, check, subject))
        say(_line(title, found))
        findings.extend(found)
    if findings:
        raise PreflightError(config.name, tuple(findings))


def _subject(config: StageConfig, clients: Clients) -> Subject:
    return Subject(
        config=config,
        clients=clients,
        foundation=find_stack(clients, config.name, "foundation"),
        application=find_stack(clients, config.name, "application"),
    )


def _found(title: str, check: Check, subject: Subject) -> Iterator[Finding]:
    """Yield what a check finds; that it is not let look is a finding too, and the others still run."""
    try:
        with aws_errors(f"{title} can't be checked"):
            yield from check(subject)
    except (AccessDeniedError, RefusedError) as error:
        yield Finding(error.what, error.reason)


def _line(title: str, found: tuple[Finding, ...]) -> str:
    count = f"{len(found)} problems" if len(found) > 1 else "1 problem"
    return f"{title:<{_COLUMN}}{count if found else 'ok'}"
