"""The page of a stage in CloudWatch: what a person looks at who was woken, from the outside in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.redis.names import nodes
from infra.stage import StageConfig

from .application import ApplicationAlarms
from .data import watch_data
from .metrics import FIVE_MINUTES, of_api, of_database, of_function, of_opensearch, of_proxy, of_redis
from .watch import alarm_name

if TYPE_CHECKING:
    from infra.api import Api
    from infra.functions import Functions

_WIDTH = 24
"""What a row of a dashboard is wide."""
_SHOWN = Duration.hours(12)


class Dashboard(Construct):
    """The dashboard: alarms, API, functions, PostgreSQL, Redis, OpenSearch, a row each."""

    def __init__(  # noqa: PLR0913  # what is shown
        self,
        scope: Construct,
        id_: str,
        *,
        config: StageConfig,
        functions: "Functions",
        api: "Api",
        alarms: ApplicationAlarms,
    ) -> None:
        super().__init__(scope, id_)
        account = Stack.of(self).account
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=config.own_name, default_interval=_SHOWN)
        dashboard.add_widgets(self._alarms(config, account, alarms))
        for row in (
            _api(api),
            _functions(functions),
            _database(config),
            _redis(config),
            _opensearch(config, account),
        ):
            dashboard.add_widgets(*row)

    def _alarms(self, config: StageConfig, account: str, alarms: ApplicationAlarms) -> cloudwatch.AlarmStatusWidget:
        # The foundation's are known by their names: an export of each would be a ring on the other stack.
        data = [
            cloudwatch.Alarm.from_alarm_name(self, watch.name, alarm_name(config, watch))
            for watch in watch_data(config, account)
        ]
        return cloudwatch.AlarmStatusWidget(title="Alarms", alarms=[*alarms.alarms, *data], width=_WIDTH)


def _api(api: "Api") -> list[cloudwatch.IWidget]:
    def metric(name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        return of_api(api.api.api_id, api.stage_name, name, statistic=statistic)

    return _row(
        _graph("API: requests", [metric("Count")]),
        _graph("API: errors", [metric("5xx"), metric("4xx")]),
        _graph("API: latency, ms", [metric("Latency", statistic) for statistic in ("p50", "p95", "p99")]),
    )


def _functions(functions: "Functions") -> list[cloudwatch.IWidget]:
    def metrics(name: str, statistic: str = "Sum") -> list[cloudwatch.Metric]:
        return [of_function(function, name, statistic=statistic) for function in functions.functions.values()]

    return _row(
        _graph("Functions: invocations", metrics("Invocations")),
        _graph("Functions: errors, throttles", [*metrics("Errors"), *metrics("Throttles")]),
        _graph("Functions: duration, p99, ms", metrics("Duration", "p99")),
        _graph("Functions: at once", metrics("ConcurrentExecutions", "Maximum")),
    )


def _database(config: StageConfig) -> list[cloudwatch.IWidget]:
    connections = (
        "ClientConnections",
        "DatabaseConnections",
        "DatabaseConnectionsCurrentlyBorrowed",
        "DatabaseConnectionsCurrentlySessionPinned",
    )
    return _row(
        _graph("Proxy: connections", [of_proxy(config, name, statistic="Sum") for name in connections]),
        _graph(
            "Proxy: latency, µs",
            [
                of_proxy(config, name, statistic="Average", period=FIVE_MINUTES)
                for name in ("DatabaseConnectionsBorrowLatency", "QueryResponseLatency")
            ],
        ),
        _graph("PostgreSQL: CPU, %", [of_database(config, "CPUUtilization", statistic="Average")]),
        _graph(
            "PostgreSQL: free storage and memory, bytes",
            [of_database(config, "FreeStorageSpace", statistic="Minimum")],
            right=[of_database(config, "FreeableMemory", statistic="Minimum")],
        ),
    )


def _redis(config: StageConfig) -> list[cloudwatch.IWidget]:
    def metrics(name: str, statistic: str) -> list[cloudwatch.Metric]:
        return [of_redis(node, name, statistic=statistic) for node in nodes(config)]

    return _row(
        _graph("Redis: memory, %", metrics("DatabaseMemoryUsagePercentage", "Maximum")),
        _graph("Redis: hits, misses", [*metrics("CacheHits", "Sum"), *metrics("CacheMisses", "Sum")]),
        _graph("Redis: evictions", metrics("Evictions", "Sum")),
        _graph("Redis: CPU of the engine, %", metrics("EngineCPUUtilization", "Average")),
    )


def _opensearch(config: StageConfig, account: str) -> list[cloudwatch.IWidget]:
    def metric(name: str, statistic: str = "Maximum") -> cloudwatch.Metric:
        return of_opensearch(config, account, name, statistic=statistic, period=FIVE_MINUTES)

    return _row(
        _graph("OpenSearch: red, yellow", [metric("ClusterStatus.red"), metric("ClusterStatus.yellow")]),
        _graph("OpenSearch: CPU and heap, %", [metric("CPUUtilization"), metric("JVMMemoryPressure")]),
        _graph("OpenSearch: free storage, MiB", [metric("FreeStorageSpace", "Minimum")]),
        _graph("OpenSearch: latency, ms", [metric("SearchLatency", "Average"), metric("IndexingLatency", "Average")]),
    )


def _row(*graphs: cloudwatch.GraphWidget) -> list[cloudwatch.IWidget]:
    return list(graphs)


def _graph(
    title: str, metrics: Iterable[cloudwatch.Metric], *, right: Iterable[cloudwatch.Metric] = ()
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), right=list(right), width=_WIDTH // 4)
