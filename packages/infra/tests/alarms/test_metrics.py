"""Alarms and dashboard ask for what the services publish: CloudWatch takes any other name too, and never has data."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import pytest

from templates.model import Json, Templates

pytestmark = pytest.mark.slow

PROXY: Final = ("ProxyName",)
INSTANCE: Final = ("DBInstanceIdentifier",)
NODE: Final = ("CacheClusterId",)
DOMAIN: Final = ("ClientId", "DomainName")
FUNCTION: Final = ("FunctionName",)
API_STAGE: Final = ("ApiId", "Stage")

PUBLISHED: Final[Mapping[tuple[str, tuple[str, ...]], set[str]]] = {
    # Amazon RDS User Guide, "Monitoring RDS Proxy metrics with Amazon CloudWatch", dimension set 1:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
    ("AWS/RDS", PROXY): {
        "ClientConnections",
        "DatabaseConnections",
        "DatabaseConnectionsBorrowLatency",
        "DatabaseConnectionsCurrentlyBorrowed",
        "DatabaseConnectionsCurrentlySessionPinned",
        "MaxDatabaseConnectionsAllowed",
        "QueryResponseLatency",
    },
    # Amazon RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS" and "dimensions":
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    ("AWS/RDS", INSTANCE): {"CPUUtilization", "DatabaseConnections", "FreeableMemory", "FreeStorageSpace"},
    # Amazon ElastiCache User Guide, "Host-Level Metrics", "Metrics for Valkey and Redis OSS"; the node is the cache
    # cluster, which has one: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
    ("AWS/ElastiCache", NODE): {
        "CacheHits",
        "CacheMisses",
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "Evictions",
    },
    # OpenSearch Service Developer Guide, "Monitoring OpenSearch cluster metrics with Amazon CloudWatch", per domain
    # and client: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
    ("AWS/ES", DOMAIN): {
        "AutomatedSnapshotFailure",
        "CPUUtilization",
        "ClusterIndexWritesBlocked",
        "ClusterStatus.red",
        "ClusterStatus.yellow",
        "FreeStorageSpace",
        "IndexingLatency",
        "JVMMemoryPressure",
        "MasterCPUUtilization",
        "MasterJVMMemoryPressure",
        "SearchLatency",
    },
    # AWS Lambda Developer Guide, "Types of metrics for Lambda functions":
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ("AWS/Lambda", FUNCTION): {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"},
    # API Gateway Developer Guide, "Working with metrics for HTTP APIs":
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    ("AWS/ApiGateway", API_STAGE): {"4xx", "5xx", "Count", "DataProcessed", "IntegrationLatency", "Latency"},
}
"""The metrics that the services publish with each set of dimensions, of those that are of use here. Read in 2026-11."""


class Metric(NamedTuple):
    """A metric that is asked for, and by what."""

    asked_by: str
    namespace: str
    name: str
    dimensions: dict[str, str]


def asked(templates: Templates) -> Iterator[Metric]:
    """Yield the metrics of alarms and of the dashboard."""
    for alarm in templates.of("AWS::CloudWatch::Alarm"):
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        yield Metric(alarm.ref, alarm["Namespace"], alarm["MetricName"], dimensions)
    for title, row in charted(templates):
        namespace, name, *pairs = (each for each in row if not isinstance(each, dict))
        yield Metric(title, namespace, name, dict(zip(pairs[::2], pairs[1::2], strict=True)))


def charted(templates: Templates) -> Iterator[tuple[str, list[Json]]]:
    """Yield the metrics of each graph of the dashboard, as CloudWatch writes them."""
    for widget in body(templates)["widgets"]:
        for row in widget["properties"].get("metrics", []):
            yield widget["properties"]["title"], row


def body(templates: Templates) -> Json:
    """Return what the dashboard shows."""
    return json.loads(templates.only("AWS::CloudWatch::Dashboard")["DashboardBody"])


def test_the_metrics_are_published(variant: Templates) -> None:
    """Each with just the dimensions that its service publishes it with."""
    found = list(asked(variant))
    assert found
    for metric in found:
        published = PUBLISHED.get((metric.namespace, tuple(sorted(metric.dimensions))), set[str]())
        assert metric.name in published, metric


def test_the_dimensions_name_what_there_is(variant: Templates) -> None:
    """A metric of something that the templates do not make has no data either."""
    group = variant.only("AWS::ElastiCache::ReplicationGroup").ref
    there = {
        "ProxyName": {variant.only("AWS::RDS::DBProxy").ref},
        "DBInstanceIdentifier": {variant.only("AWS::RDS::DBInstance").ref},
        "DomainName": {variant.only("AWS::OpenSearchService::Domain").ref},
        "ClientId": {variant.only("AWS::RDS::DBInstance").attribute("DBInstanceArn").split(":")[4]},
        "FunctionName": {each.ref for each in variant.of("AWS::Lambda::Function")},
        "ApiId": {variant.only("AWS::ApiGatewayV2::Api").ref},
        "Stage": {variant.only("AWS::ApiGatewayV2::Stage")["StageName"]},
    }
    for metric in asked(variant):
        for dimension, value in metric.dimensions.items():
            if dimension == "CacheClusterId":  # which nodes there are: test_alarms
                assert value.startswith(f"{group}-")
            else:
                assert value in there[dimension], metric


def test_the_dashboard_shows_every_alarm(variant: Templates) -> None:
    """Those of both stacks, by their ARNs, and none that is not there."""
    (shown,) = (each["properties"]["alarms"] for each in body(variant)["widgets"] if each["type"] == "alarm")
    arns = [alarm.attribute("Arn") for alarm in variant.of("AWS::CloudWatch::Alarm")]
    assert sorted(shown) == sorted(arns)


def test_the_dashboard_is_the_stages(variant: Templates) -> None:
    """One of each stage, named after it, in rows that fit, with graphs for each part and something in each graph."""
    assert variant.only("AWS::CloudWatch::Dashboard").ref == f"mocstack-{variant.config.name}"
    assert all(each["x"] + each["width"] <= 24 for each in body(variant)["widgets"])
    assert {metric.namespace for metric in asked(variant)} == {namespace for namespace, _ in PUBLISHED}
    titles = {each["properties"]["title"] for each in body(variant)["widgets"] if each["type"] == "metric"}
    assert {title for title, _ in charted(variant)} == titles
    assert {title.split(":")[0] for title in titles} == {
        "API",
        "Functions",
        "Proxy",
        "PostgreSQL",
        "Redis",
        "OpenSearch",
    }
