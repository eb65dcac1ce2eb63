"""What is watched, and how it becomes an alarm."""

from dataclasses import dataclass
from typing import Final, Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.interfaces import as_alarm_action
from infra.stage import StageConfig

Silence = Literal["alarm", "fine", "unknown"]
"""What it means that a metric has no data."""

_SILENCE: Final = {
    # The one alarm of an engine that tells that there is none any more.
    "alarm": cloudwatch.TreatMissingData.BREACHING,
    # What is counted as it happens, and has not happened.
    "fine": cloudwatch.TreatMissingData.NOT_BREACHING,
    # The alarm says INSUFFICIENT_DATA, and wakes nobody: another of the same engine does.
    "unknown": cloudwatch.TreatMissingData.MISSING,
}


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One thing that a person is woken for.

    Attributes:
        name: what it is called in its stage: `database-cpu`.
        metric: what is measured, with its period.
        threshold: the value, in the metric's unit, from which on it is wrong.
        below: whether it is wrong below the threshold, rather than from it on.
        periods: how many of the metric's periods in a row must be wrong.
        silence: what no data means.
        description: what is wrong and what to do, for whoever was woken.
    """

    name: str
    metric: cloudwatch.Metric
    threshold: float
    below: bool = False
    periods: int
    silence: Silence
    description: str


def alarm_name(config: StageConfig, watch: Watch) -> str:
    """Return the name of an alarm, which no other stage's has."""
    return config.named(watch.name)


def set_alarm(scope: Construct, watch: Watch, *, config: StageConfig, topic: sns.ITopic) -> cloudwatch.Alarm:
    """Return the alarm of what is watched; it tells the topic when it begins, and when it is over."""
    alarm = cloudwatch.Alarm(
        scope,
        watch.name,
        alarm_name=alarm_name(config, watch),
        alarm_description=watch.description,
        metric=watch.metric,
        threshold=watch.threshold,
        comparison_operator=_operator(watch),
        evaluation_periods=watch.periods,
        treat_missing_data=_SILENCE[watch.silence],
    )
    action = as_alarm_action(actions.SnsAction(topic))
    alarm.add_alarm_action(action)
    alarm.add_ok_action(action)
    return alarm


def _operator(watch: Watch) -> cloudwatch.ComparisonOperator:
    if watch.below:
        return cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
    return cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
