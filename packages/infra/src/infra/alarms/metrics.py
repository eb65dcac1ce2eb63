"""The metrics that AWS services publish, each with the dimensions that it is published with.

A metric of another set of dimensions is one that nobody publishes: CloudWatch takes the alarm, which then never has
data. So dimensions are written here and nowhere else.
"""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from infra.database.names import instance_name
from infra.opensearch.names import domain_name
from infra.stage import StageConfig

MINUTE: Final = Duration.minutes(1)
"""How often the services publish."""
FIVE_MINUTES: Final = Duration.minutes(5)
QUARTER: Final = Duration.minutes(15)


def of_proxy(config: StageConfig, name: str, *, statistic: str, period: Duration = MINUTE) -> cloudwatch.Metric:
    """Return a metric of RDS Proxy.

    Each of the machines under a proxy publishes its own share: the sum over a minute, and no longer, is the proxy's.
    """
    return _metric("AWS/RDS", name, {"ProxyName": config.named("proxy")}, statistic, period)


def of_database(
    config: StageConfig, name: str, *, statistic: str, period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return a metric of the PostgreSQL instance."""
    return _metric("AWS/RDS", name, {"DBInstanceIdentifier": instance_name(config)}, statistic, period)


def of_redis(node: str, name: str, *, statistic: str, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
    """Return a metric of a node of ElastiCache, which has none of a whole group."""
    return _metric("AWS/ElastiCache", name, {"CacheClusterId": node}, statistic, period)


def of_opensearch(
    config: StageConfig, account: str, name: str, *, statistic: str, period: Duration = MINUTE
) -> cloudwatch.Metric:
    """Return a metric of the search domain.

    Args:
        config: the stage.
        account: the account, which the service calls `ClientId`.
        name: the metric.
        statistic: the statistic.
        period: what it is taken over.
    """
    return _metric("AWS/ES", name, {"DomainName": domain_name(config), "ClientId": account}, statistic, period)


def of_function(
    function: lambda_.Function, name: str, *, statistic: str, period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return a metric of a function, over all its versions."""
    return _metric("AWS/Lambda", name, {"FunctionName": function.function_name}, statistic, period)


def of_api(api_id: str, stage: str, name: str, *, statistic: str, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
    """Return a metric of the HTTP API: `4xx` and `5xx`, where a REST API has `4XXError` and `5XXError`."""
    return _metric("AWS/ApiGateway", name, {"ApiId": api_id, "Stage": stage}, statistic, period)


def _metric(
    namespace: str, name: str, dimensions: dict[str, str], statistic: str, period: Duration
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, dimensions_map=dimensions, statistic=statistic, period=period
    )
