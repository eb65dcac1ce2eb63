"""The log groups of a stage: each with a retention, and gone with its stack, or the next deployment would find it."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stage import StageConfig

_RETENTION: Final[Mapping[int, logs.RetentionDays]] = {
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
}


def log_group(scope: Construct, id_: str, *, config: StageConfig, name: str) -> logs.LogGroup:
    """Return a new log group that keeps what the stage's logs are kept for.

    A service that finds no group makes one that keeps its logs for ever: what writes to this one must depend on it.

    Args:
        scope: whose it is.
        id_: its id there.
        config: the stage.
        name: its whole name, which the service that writes to it decides on: see `log_group_names`.
    """
    return logs.LogGroup(
        scope,
        id_,
        log_group_name=name,
        retention=_RETENTION[config.shape.log_retention],
        removal_policy=RemovalPolicy.DESTROY,
    )
