"""What wakes a person: that it can, that it does not needlessly, and that it says what to do."""

import pytest

from templates.model import Json, Resource, Templates
from templates.policies import Call, possibly, read_policy

pytestmark = pytest.mark.slow

ALARM = "AWS::CloudWatch::Alarm"
TOPIC = "AWS::SNS::Topic"
DAY = 86400


def named(templates: Templates, name: str) -> Resource:
    """Return an alarm by its name in the stage."""
    return templates.by_ref(f"mocstack-{templates.config.name}-{name}", ALARM)


def measured(templates: Templates) -> set[tuple[str, str]]:
    """Return the namespaces and metrics that alarms are on."""
    return {(alarm["Namespace"], alarm["MetricName"]) for alarm in templates.of(ALARM)}


def test_a_person_is_woken_for_what_the_stage_is_for(variant: Templates) -> None:
    """Errors, throttles, connections of the proxy, the database, Redis and OpenSearch: none is without an alarm."""
    assert measured(variant) >= {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/ApiGateway", "5xx"),
        ("AWS/ApiGateway", "Latency"),
        ("AWS/RDS", "DatabaseConnectionsCurrentlyBorrowed"),
        ("AWS/RDS", "FreeStorageSpace"),
        ("AWS/RDS", "CPUUtilization"),
        ("AWS/RDS", "FreeableMemory"),
        ("AWS/ElastiCache", "Evictions"),
        ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"),
        ("AWS/ES", "ClusterStatus.red"),
        ("AWS/ES", "FreeStorageSpace"),
        ("AWS/ES", "ClusterIndexWritesBlocked"),
        ("AWS/ES", "AutomatedSnapshotFailure"),
    }


def test_every_function_is_watched(variant: Templates) -> None:
    """Each of the manifest for errors and throttles, the provision function for errors alone."""
    for metric in ("Errors", "Throttles"):
        watched = {
            value["Value"]
            for alarm in variant.of(ALARM)
            if alarm["MetricName"] == metric
            for value in alarm["Dimensions"]
        }
        ours = {
            function.ref
            for function in variant.of("AWS::Lambda::Function")
            if "framework" not in function.ref and (metric == "Errors" or "provision" not in function.ref)
        }
        assert watched == ours, metric


def test_every_node_of_redis_is_watched(variant: Templates) -> None:
    """ElastiCache has no metric of a group: each of shards times copies has alarms of its own."""
    group = variant.only("AWS::ElastiCache::ReplicationGroup")
    clustered = "NumNodeGroups" in group.properties
    shards = [f"-{number:04}" for number in range(1, group.get("NumNodeGroups", 0) + 1)] if clustered else [""]
    copies = group["ReplicasPerNodeGroup"] + 1 if clustered else group["NumCacheClusters"]
    nodes = {f"{group.ref}{shard}-{copy:03}" for shard in shards for copy in range(1, copies + 1)}
    for metric in ("Evictions", "DatabaseMemoryUsagePercentage", "EngineCPUUtilization"):
        assert {
            alarm["Dimensions"][0]["Value"] for alarm in variant.of(ALARM) if alarm["MetricName"] == metric
        } == nodes


def test_alarms_reach_somebody(variant: Templates) -> None:
    """Each tells the topic when it begins and when it is over, and only of its own stage by its name."""
    topic = variant.only(TOPIC).ref
    for alarm in variant.of(ALARM):
        assert alarm["AlarmActions"] == [topic], alarm
        assert alarm["OKActions"] == [topic], alarm
        assert alarm.get("ActionsEnabled", True)
        assert alarm.ref.startswith(f"mocstack-{variant.config.name}-")


def test_the_topic_sends_to_the_address_of_the_stage(variant: Templates) -> None:
    """By e-mail, where the stage has an address; staging and production can't be without."""
    expected = [variant.config.alarm_email] if variant.config.alarm_email else []
    given = variant.of("AWS::SNS::Subscription")
    assert [(each["Protocol"], each["Endpoint"]) for each in given] == [("email", address) for address in expected]
    assert all(each["TopicArn"] == variant.only(TOPIC).ref for each in given)


def test_cloudwatch_may_use_the_topic(variant: Templates) -> None:
    """Its policy takes the place of the default one, and a key that CloudWatch may not use would lose each message."""
    topic = variant.only(TOPIC)
    assert "KmsMasterKeyId" not in topic.properties
    statements = read_policy(variant.only("AWS::SNS::TopicPolicy")["PolicyDocument"])
    account, region = topic.ref.split(":")[4], topic.ref.split(":")[3]
    for alarm in variant.of(ALARM):
        source = {"aws:SourceArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm.ref}"}
        context = source | {"aws:SourceAccount": account, "aws:SecureTransport": "true"}
        assert possibly(statements, Call("sns:Publish", topic.ref, context, principal="cloudwatch.amazonaws.com")), (
            alarm
        )


@pytest.mark.parametrize(
    "context",
    [
        {"aws:SecureTransport": "false"},
        {"aws:SourceAccount": "999900009999"},
        {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:somebodys"},
    ],
)
def test_nobody_else_may_use_the_topic(variant: Templates, context: dict[str, str]) -> None:
    """Neither without TLS, nor for another account, nor for an alarm of something else."""
    topic = variant.only(TOPIC)
    statements = read_policy(variant.only("AWS::SNS::TopicPolicy")["PolicyDocument"])
    account = topic.ref.split(":")[4]
    name = f"alarm:mocstack-{variant.config.name}-any"
    ours = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{account}:{name}"}
    call = Call("sns:Publish", topic.ref, ours | context, principal="cloudwatch.amazonaws.com")
    assert not possibly(statements, call)


def test_whoever_is_woken_reads_what_to_do(variant: Templates) -> None:
    """A description says what is wrong and what to do, within CloudWatch's 1024 characters."""
    for alarm in variant.of(ALARM):
        assert 100 < len(alarm["AlarmDescription"]) <= 1024, alarm
        assert alarm["AlarmDescription"].count(". ") >= 1, alarm


def test_alarms_look_back_a_day_at_most(variant: Templates) -> None:
    """CloudWatch takes no more, and no period but 10 and 30 seconds or whole minutes."""
    for alarm in variant.of(ALARM):
        assert alarm["Period"] % 60 == 0
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= DAY


def test_what_no_data_means_is_said(variant: Templates) -> None:
    """Counts are fine without; each engine has one alarm that takes silence for its end, and not several."""
    for alarm in variant.of(ALARM):
        if alarm["Namespace"] in ("AWS/Lambda", "AWS/ApiGateway"):
            assert alarm["TreatMissingData"] == "notBreaching", alarm
    assert {alarm["MetricName"]: alarm["Namespace"] for alarm in variant.of(ALARM) if breaches(alarm)} == {
        "FreeStorageSpace": "AWS/RDS",
        "DatabaseMemoryUsagePercentage": "AWS/ElastiCache",
        "ClusterStatus.red": "AWS/ES",
    }


def breaches(alarm: Resource) -> bool:
    """Tell whether an alarm takes silence for trouble."""
    found: str = alarm["TreatMissingData"]
    assert found in ("breaching", "notBreaching", "missing"), alarm
    return found == "breaching"


def test_alarms_come_after_what_they_watch(variant: Templates) -> None:
    """An alarm that is made first finds silence, and its first word is a false one."""
    watched = {
        "AWS/RDS": ("AWS::RDS::DBProxyTargetGroup", "AWS::RDS::DBProxy"),
        "AWS/ElastiCache": ("AWS::ElastiCache::ReplicationGroup",),
        "AWS/ES": ("AWS::OpenSearchService::Domain",),
    }
    for alarm in variant.of(ALARM):
        for kind in watched.get(alarm["Namespace"], ()):
            assert variant.only(kind).id in alarm.body["DependsOn"], alarm


def test_the_proxys_alarm_comes_before_its_limit(variant: Templates) -> None:
    """At four fifths of what the proxy may open, by the instance's parameters; over one minute, or it counts twice."""
    most = int(parameters(variant)["max_connections"])
    share = variant.only("AWS::RDS::DBProxyTargetGroup")["ConnectionPoolConfigurationInfo"]["MaxConnectionsPercent"]
    alarm = named(variant, "proxy-connections")
    assert alarm["Threshold"] == most * share / 100 * 0.8
    assert (alarm["Statistic"], alarm["Period"]) == ("Sum", 60)


def parameters(templates: Templates) -> dict[str, Json]:
    """Return the parameters of PostgreSQL."""
    found: dict[str, Json] = templates.only("AWS::RDS::DBParameterGroup")["Parameters"]
    return found


def test_storage_is_missed_before_it_is_gone(variant: Templates) -> None:
    """A tenth of PostgreSQL's, in bytes; a quarter of a search node's, in MiB."""
    gib = int(variant.only("AWS::RDS::DBInstance")["AllocatedStorage"])
    assert named(variant, "database-storage")["Threshold"] == gib * 1024**3 / 10
    assert named(variant, "database-storage")["ComparisonOperator"] == "LessThanThreshold"
    gib = variant.only("AWS::OpenSearchService::Domain")["EBSOptions"]["VolumeSize"]
    assert named(variant, "opensearch-storage")["Threshold"] == gib * 1024 / 4
    assert named(variant, "opensearch-storage")["ComparisonOperator"] == "LessThanThreshold"


def test_one_node_is_never_yellow_for_a_reason(variant: Templates) -> None:
    """On one node every replica lacks a place: yellow means something on several alone. Masters likewise."""
    cluster = variant.only("AWS::OpenSearchService::Domain")["ClusterConfig"]
    several = cluster["InstanceCount"] > 1
    assert (("AWS/ES", "ClusterStatus.yellow") in measured(variant)) == several
    masters = bool(cluster.get("DedicatedMasterEnabled"))
    assert (("AWS/ES", "MasterCPUUtilization") in measured(variant)) == masters


def test_alarms_of_a_dev_stage_cost_two_dollars(variant: Templates) -> None:
    """Twenty at most, at $0.10 a month each."""
    if variant.config.sizing == "dev":
        assert len(variant.of(ALARM)) <= 20
