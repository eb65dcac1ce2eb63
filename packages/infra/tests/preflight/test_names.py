"""Names that something has already, and what a deployed Redis can't be made into: on moto's server."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from core.sdk import Clients
from infra.log_group_names import PARTS, log_groups
from infra.preflight.names import check_names
from infra.preflight.redis_mode import check_redis_mode
from infra.preflight.subject import Check
from infra.shapes import shape_of
from infra.stage import StageConfig
from templates.model import Templates

pytestmark = pytest.mark.slow

Found = Callable[[Check, StageConfig], list[str]]

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


@pytest.mark.slow
def test_the_log_groups_that_are_looked_for_are_those_of_the_templates(templates: Templates) -> None:
    """Each in its stack, and no other."""
    for part in PARTS:
        made = [one["LogGroupName"] for one in templates.of("AWS::Logs::LogGroup") if one.part == part]
        assert sorted(log_groups(templates.config, part)) == sorted(made)


@pytest.mark.slow
def test_the_engines_have_the_name_that_is_looked_for(templates: Templates) -> None:
    """All three the stage's own."""
    for kind, name in (
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
        ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
        ("AWS::OpenSearchService::Domain", "DomainName"),
    ):
        assert templates.only(kind)[name] == templates.config.own_name


def test_an_account_that_has_nothing_of_the_name_passes(aws: Clients, found: Found, dev: StageConfig) -> None:
    """Other stages, whose names begin alike, may have what they want."""
    for name in ("/aws/lambda/mocstack-dev-2-health", "/aws/lambda/mocstack-dev-health-2"):
        aws.logs.create_log_group(logGroupName=name)
    make_engines(aws, "mocstack-dev-2")
    assert found(check_names, dev) == []


def test_log_groups_that_a_removed_stage_has_left_are_found(aws: Clients, found: Found, dev: StageConfig) -> None:
    """In one line that has the command for each; once they are deleted nothing is said."""
    left = (
        "/aws/rds/instance/mocstack-dev/postgresql",
        "/aws/rds/proxy/mocstack-dev-proxy",
        "/aws/lambda/mocstack-dev-health",
    )
    for name in (*left, "/aws/lambda/mocstack-dev-health-2"):
        aws.logs.create_log_group(logGroupName=name)
    (line,) = found(check_names, dev)
    assert f"that the deployment is to make: {', '.join(left)}: " in line
    assert line.count("`aws logs delete-log-group --region eu-central-1 --log-group-name ") == len(left)
    for name in left:
        assert f"--log-group-name {name}`" in line
        aws.logs.delete_log_group(logGroupName=name)
    assert found(check_names, dev) == []


def test_of_a_stage_that_is_there_only_what_is_to_be_made_is_looked_for(
    aws: Clients, found: Found, dev: StageConfig, foundation: Callable[..., None]
) -> None:
    """Its foundation has its own names; its application's first deployment may find others."""
    for name in ("/aws/rds/proxy/mocstack-dev-proxy", "/aws/vendedlogs/mocstack-dev-api"):
        aws.logs.create_log_group(logGroupName=name)
    make_engines(aws, "mocstack-dev")
    foundation(TOPIC)
    (line,) = found(check_names, dev)
    assert "to make: /aws/vendedlogs/mocstack-dev-api: " in line


def make_engines(aws: Clients, name: str) -> None:
    """Make an engine of each kind, by one name."""
    aws.rds.create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
    )
    aws.elasticache.create_replication_group(ReplicationGroupId=name, ReplicationGroupDescription="of a test")
    aws.opensearch.create_domain(DomainName=name)


def test_engines_that_have_the_name_are_found(aws: Clients, found: Found, dev: StageConfig) -> None:
    """Each with the command that deletes it; the database keeps its data in a snapshot."""
    make_engines(aws, "mocstack-dev")
    lines = found(check_names, dev)
    commands = [line.split("`")[1] for line in lines]
    assert commands == [
        (
            "aws rds delete-db-instance --region eu-central-1 --db-instance-identifier mocstack-dev "
            "--final-db-snapshot-identifier mocstack-dev-final"
        ),
        "aws elasticache delete-replication-group --region eu-central-1 --replication-group-id mocstack-dev",
        "aws opensearch delete-domain --region eu-central-1 --domain-name mocstack-dev",
    ]


def test_what_can_not_be_looked_at_is_no_free_name(aws: Clients, found: Found, dev: StageConfig) -> None:
    """The error passes, for whoever runs the checks."""
    with Stubber(aws.rds) as stubber:
        stubber.add_client_error("describe_db_instances", "AccessDenied", "no", 403)
        with pytest.raises(ClientError):
            found(check_names, dev)


@pytest.mark.parametrize("clustered", [True, False])
def test_a_change_of_rediss_mode_is_found(
    aws: Clients, found: Found, dev: StageConfig, foundation: Callable[..., None], *, clustered: bool
) -> None:
    """CloudFormation would find it in the middle; the mode that is deployed passes."""
    foundation(TOPIC)
    aws.elasticache.create_replication_group(
        ReplicationGroupId="mocstack-dev",
        ReplicationGroupDescription="of a test",
        NumNodeGroups=1,
        ReplicasPerNodeGroup=1,
        ClusterMode="enabled" if clustered else "disabled",
    )
    as_it_is = replace(dev, shape=replace(shape_of("dev"), redis_clustered=clustered))
    assert found(check_redis_mode, as_it_is) == []
    (line,) = found(check_redis_mode, replace(dev, shape=replace(shape_of("dev"), redis_clustered=not clustered)))
    modes = ("in cluster mode", "without cluster mode")
    assert "is {}, and would be {}, which a".format(*(modes if clustered else modes[::-1])) in line
    assert f"set redis_clustered to {clustered} for dev in infra/shapes.py" in line
    assert "`nox -s remove -- dev`" in line


def test_a_stage_without_a_redis_may_have_either(
    found: Found, dev: StageConfig, foundation: Callable[..., None]
) -> None:
    """A new one, and one whose replication group somebody has deleted."""
    assert found(check_redis_mode, dev) == []
    foundation(TOPIC)
    assert found(check_redis_mode, dev) == []
