"""What the account may have of a thing in the region, against what it has and the stage adds."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.stage import StageConfig

from .errors import Finding
from .subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quota of Service Quotas.

    Attributes:
        thing: what is counted.
        service: the service's code there.
        code: the quota's code there.
        default: what AWS documents an account to begin with.
        used: counts what there is in the region.
        needed: how many a stage has.
    """

    thing: str
    service: str
    code: str
    default: int
    used: Callable[[Clients], int]
    needed: Callable[[StageConfig], int]


def _vpcs(clients: Clients) -> int:
    return sum(len(page["Vpcs"]) for page in clients.ec2.get_paginator("describe_vpcs").paginate())


def _addresses(clients: Clients) -> int:
    return len(clients.ec2.describe_addresses()["Addresses"])


QUOTAS: Final = (
    Quota(thing="VPCs", service="vpc", code="L-F678F1CE", default=5, used=_vpcs, needed=lambda _: 1),
    Quota(
        thing="elastic IP addresses",
        service="ec2",
        code="L-0263D0A3",
        default=5,
        used=_addresses,
        needed=lambda config: config.shape.nat_gateways,
    ),
)
"""The quotas that a second or third stage in one account meets (the documented defaults of Amazon VPC)."""

_CONCURRENCY: Final = {"dev": 10, "staging": 100, "production": 100}
"""How many functions at once a stage takes. New accounts begin with 10, all others with 1000 (Lambda's documentation);
500 requests a second of 100 ms each are 50 at once, and twice that leaves room for cold starts."""


def check_quotas(subject: Subject) -> Iterator[Finding]:
    """Find quotas that the stage would exceed: what a stage that is there has is counted already."""
    if subject.is_new:
        for quota in QUOTAS:
            yield from _exceeded(quota, subject)
    yield from _too_few_at_once(subject)


def _exceeded(quota: Quota, subject: Subject) -> Iterator[Finding]:
    used, needed = quota.used(subject.clients), quota.needed(subject.config)
    limit = _limit(quota, subject.clients)
    if used + needed > limit:
        region = subject.config.region
        yield Finding(
            f"{region} has {used} of {limit} {quota.thing}, and the stage needs {needed} more",
            f"ask for {used + needed} by `aws service-quotas request-service-quota-increase --region {region} "
            f"--service-code {quota.service} --quota-code {quota.code} --desired-value {used + needed}`, or give "
            "back some that nothing uses",
        )


def _limit(quota: Quota, clients: Clients) -> int:
    try:
        answer = clients.service_quotas.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
    except ClientError as error:
        if error_code(error) != "NoSuchResourceException":  # the account was never given another than the default
            raise
        return quota.default
    return math.floor(answer["Quota"].get("Value", quota.default))


def _too_few_at_once(subject: Subject) -> Iterator[Finding]:
    limit = subject.clients.lambda_.get_account_settings()["AccountLimit"].get("UnreservedConcurrentExecutions", 0)
    needed = _CONCURRENCY[subject.config.sizing]
    if limit < needed:
        yield Finding(
            f"{subject.config.region} lets {limit} functions run at once that no other function has reserved, and the "
            f"stage needs {needed}",
            "ask for more by `aws service-quotas request-service-quota-increase "
            f"--region {subject.config.region} --service-code lambda --quota-code L-B99A9384 --desired-value 1000`",
        )
