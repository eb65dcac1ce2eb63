"""The alarms of the functions and their API."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.stage import StageConfig

from .metrics import of_api, of_function
from .watch import Watch, set_alarm

if TYPE_CHECKING:
    from infra.api import Api
    from infra.functions import Functions
    from infra.provisioning import Provisioning
    from infra.stacks.exports import Exports

SOME: Final = 5
"""Failed requests in five minutes from which on it is no accident: a deployment or a killed environment fails fewer."""

SLOW: Final = 3000
"""Milliseconds: the longest that the health check answers in by its contract, and longer than a cold start takes."""


def watch_function(name: str, function: lambda_.Function) -> Iterator[Watch]:
    """Yield what is watched of a function: what its callers were answered by an error for."""
    yield Watch(
        name=f"{name}-errors",
        metric=of_function(function, "Errors", statistic="Sum"),
        threshold=SOME,
        periods=1,
        silence="fine",
        description=(
            f"The function {name} has raised, run out of time or out of memory {SOME} times in 5 minutes. "
            f"`nox -s logs` shows its errors; if a release brought them, deploy the one before."
        ),
    )
    yield Watch(
        name=f"{name}-throttles",
        metric=of_function(function, "Throttles", statistic="Sum"),
        threshold=SOME,
        periods=1,
        silence="fine",
        description=(
            f"Lambda has refused to start the function {name} {SOME} times in 5 minutes: the account's concurrency is "
            "used up. Look for a function that loops or waits; ask for a higher quota of concurrent executions."
        ),
    )


def watch_provisioning(function: lambda_.Function) -> Watch:
    """Return what is watched of provisioning: it runs alone, so that one failure is enough."""
    return Watch(
        name="provision-errors",
        metric=of_function(function, "Errors", statistic="Sum"),
        threshold=1,
        periods=1,
        silence="fine",
        description=(
            "The provision function has failed: migrations, roles or index templates are not as the release needs "
            "them. The deployment says why, and so does its log; it is safe to run again."
        ),
    )


def watch_api(api: "Api") -> Iterator[Watch]:
    """Yield what is watched of the API: what its users see."""
    yield Watch(
        name="api-5xx",
        metric=of_api(api.api.api_id, api.stage_name, "5xx", statistic="Sum"),
        threshold=SOME,
        periods=1,
        silence="fine",
        description=(
            f"The API has answered {SOME} requests in 5 minutes by a 5xx. `GET /health` says which engine is down; "
            "the access log says which routes."
        ),
    )
    yield Watch(
        name="api-latency",
        metric=of_api(api.api.api_id, api.stage_name, "Latency", statistic="p99"),
        threshold=SLOW,
        # A few cold starts after a deployment are no reason to be woken.
        periods=3,
        silence="fine",
        description=(
            f"The slowest hundredth of requests has taken {SLOW // 1000} s or more for 15 minutes. Compare the latency "
            "of functions, proxy, Redis and OpenSearch on the dashboard."
        ),
    )


class ApplicationAlarms(Construct):
    """The alarms of the functions, of provisioning and of the API.

    Attributes:
        alarms: all of them.
    """

    def __init__(  # noqa: PLR0913  # what is watched
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        exports: "Exports",
        functions: "Functions",
        provisioning: "Provisioning",
        api: "Api",
    ) -> None:
        super().__init__(scope, id_)
        topic = sns.Topic.from_topic_arn(self, "Topic", exports.alarm_topic_arn)
        watches = (*_watch_functions(functions.functions), watch_provisioning(provisioning.function), *watch_api(api))
        self.alarms: list[cloudwatch.Alarm] = [set_alarm(self, watch, config=config, topic=topic) for watch in watches]


def _watch_functions(functions: "Mapping[str, lambda_.Function]") -> Iterator[Watch]:
    for name, function in functions.items():
        yield from watch_function(name, function)
