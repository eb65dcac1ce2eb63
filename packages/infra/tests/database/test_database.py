"""The database and its proxy, beyond what story 1.3 asks for."""

import re
from collections import Counter

import pytest

from infra.database import DATABASE_NAME, MASTER_USER
from templates.model import Resource, Templates
from templates.schemas import create_only

pytestmark = pytest.mark.slow

INSTANCE = "AWS::RDS::DBInstance"
PROXY = "AWS::RDS::DBProxy"
RESERVED = {"admin", "user", "master", "postgres", "public", "rdsadmin", "rdsproxyadmin", "owner"}
"""Words that PostgreSQL or RDS keep for themselves, or might."""


def minutes(window: str) -> set[int]:
    """Return the minutes of the week that a window is, daily or weekly."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    found = re.findall(r"(?:([a-z]{3}):)?(\d\d):(\d\d)", window)
    (start_day, *start), (_, *end) = found
    begins, ends = (int(hour) * 60 + int(minute) for hour, minute in (start, end))
    assert ends - begins >= 30, f"{window} is shorter than RDS takes"
    return {
        days.index(day) * 1440 + minute
        for day in ([start_day] if start_day else days)
        for minute in range(begins, ends)
    }


def groups_before(templates: Templates, resource: Resource) -> set[str]:
    """Return the names of the log groups that a resource waits for."""
    waited = set(resource.body.get("DependsOn", []))
    return {each["LogGroupName"] for each in templates.of("AWS::Logs::LogGroup") if each.id in waited}


def test_names_are_as_rds_takes_them(variant: Templates) -> None:
    """Identifiers have up to 63 characters, letters, digits and single hyphens; the master's name 16, none reserved."""
    for name in (variant.only(INSTANCE)["DBInstanceIdentifier"], variant.only(PROXY)["DBProxyName"]):
        assert re.fullmatch(r"[a-z](-?[a-z0-9]){0,62}", name), name
        assert variant.config.name in name
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,15}", variant.only(INSTANCE)["MasterUsername"])
    assert variant.only(INSTANCE)["MasterUsername"] == MASTER_USER
    assert variant.only(INSTANCE)["DBName"] == DATABASE_NAME
    assert not {MASTER_USER, DATABASE_NAME} & RESERVED


def test_no_size_is_among_what_makes_another_instance(templates: Templates) -> None:
    """What makes another instance in place of this one is the same in every stage, but for the stage's name."""
    for type_ in (INSTANCE, PROXY):
        resource = templates.only(type_)
        fixed = {path[0]: resource.get(path[0]) for path in create_only(type_) if path[0] in resource.properties}
        named = {key: str(value).replace(templates.config.name, "STAGE") for key, value in fixed.items()}
        ids = ("VpcSubnetIds",)  # of the stage's own network
        assert {key: value for key, value in named.items() if key not in ids} == (
            {
                "DBInstanceIdentifier": "mocstack-STAGE",
                "DBName": DATABASE_NAME,
                "DBSubnetGroupName": "mocstack-STAGE-database",
                "MasterUsername": MASTER_USER,
                "StorageEncrypted": "True",
            }
            if type_ == INSTANCE
            else {"DBProxyName": "mocstack-STAGE-proxy", "EngineFamily": "POSTGRESQL"}
        )


def test_backup_and_maintenance_keep_apart(variant: Templates) -> None:
    """RDS refuses an instance whose two windows overlap."""
    instance = variant.only(INSTANCE)
    assert not minutes(instance["PreferredBackupWindow"]) & minutes(instance["PreferredMaintenanceWindow"])


def test_storage_can_grow(variant: Templates) -> None:
    """RDS wants the limit of growth at least a tenth above what there is; gp3 begins at 20 GiB."""
    instance = variant.only(INSTANCE)
    least, most = int(instance["AllocatedStorage"]), instance["MaxAllocatedStorage"]
    assert least >= 20
    assert most >= least * 1.1


def test_small_gp3_storage_is_given_no_throughput(variant: Templates) -> None:
    """Below 400 GiB RDS for PostgreSQL takes neither IOPS nor throughput of gp3 (its documentation, Storage)."""
    instance = variant.only(INSTANCE)
    assert int(instance["AllocatedStorage"]) < 400
    assert not {"Iops", "StorageThroughput"} & set(instance.properties)


def test_log_groups_are_there_before_who_writes_to_them(variant: Templates) -> None:
    """RDS would make a group that it does not find, without retention, and CloudFormation then fail to make ours."""
    instance, proxy = variant.only(INSTANCE), variant.only(PROXY)
    name = instance["DBInstanceIdentifier"]
    assert groups_before(variant, instance) == {
        f"/aws/rds/instance/{name}/{log}" for log in instance["EnableCloudwatchLogsExports"]
    }
    assert groups_before(variant, proxy) == {f"/aws/rds/proxy/{proxy['DBProxyName']}"}


def test_the_instance_can_be_removed_from_a_dev_stage_alone(variant: Templates) -> None:
    """A dev stage leaves nothing behind; elsewhere backups stay for their days when the instance goes."""
    instance = variant.only(INSTANCE)
    assert instance["DeleteAutomatedBackups"] is not variant.config.shape.protected


def test_no_rule_is_written_twice(variant: Templates) -> None:
    """CDK's proxy would write the network's rules once more, which fails or, later, deletes the live one."""
    for kind, peer in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId")):
        rules = Counter(
            (rule["GroupId"], rule.get(peer), rule.get("CidrIp"), str(rule.get("FromPort")), str(rule.get("ToPort")))
            for rule in variant.of(f"AWS::EC2::SecurityGroup{kind}")
        )
        assert rules
        assert max(rules.values()) == 1


def test_nothing_rotates_by_a_function(variant: Templates) -> None:
    """RDS rotates the master's password itself; a function for it would come from a repository of somebody's."""
    assert not variant.of("AWS::Serverless::Application")
    assert not variant.of("AWS::SecretsManager::RotationSchedule")
    assert not [body for body in variant.written.bodies.values() if "Transform" in body]


def test_the_proxy_pools_without_exceptions(variant: Templates) -> None:
    """No filter of what pins a connection, which would hand one's settings to another; no statement at its start."""
    pool = variant.only("AWS::RDS::DBProxyTargetGroup")["ConnectionPoolConfigurationInfo"]
    assert not {"SessionPinningFilters", "InitQuery"} & set(pool)
    assert pool["MaxIdleConnectionsPercent"] <= pool["MaxConnectionsPercent"]
    assert 5 <= pool["ConnectionBorrowTimeout"] <= 10
