"""What the region has and offers: quotas, zones, engine versions.

moto's server knows VPCs, addresses, zones and subnets. It does not know the offerings of RDS, ElastiCache and
OpenSearch, nor Lambda's account settings: those answers are botocore's Stubber's, held to the models of the APIs.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from core.sdk import Clients
from infra.preflight.engines import check_engines
from infra.preflight.quotas import check_quotas
from infra.preflight.subject import Check
from infra.preflight.zones import check_zones
from infra.stage import StageConfig
from infra.versions import OPENSEARCH, POSTGRES, REDIS

pytestmark = pytest.mark.slow

Found = Callable[[Check, StageConfig], list[str]]
Deploy = Callable[[Mapping[str, object]], None]
ALL = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def at_once(aws: Clients, number: int) -> None:
    """Let a number of functions run at once."""
    stubber = Stubber(aws.lambda_)
    stubber.add_response("get_account_settings", {"AccountLimit": {"UnreservedConcurrentExecutions": number}}, {})
    stubber.activate()


def test_room_within_the_quotas_passes(aws: Clients, found: Found, dev: StageConfig) -> None:
    """A new account has one VPC, no address and ten functions at once: enough for a stage like dev."""
    at_once(aws, 10)
    assert found(check_quotas, dev) == []


def test_quotas_are_counted_before_they_fail(aws: Clients, found: Found, production: StageConfig) -> None:
    """What there is, what there may be, what the stage adds, and the call that asks for more."""
    at_once(aws, 10)
    for number in range(4):  # and the account's default one
        aws.ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
        aws.ec2.allocate_address(Domain="vpc")
    vpcs, addresses, functions = found(check_quotas, production)
    assert vpcs.startswith("eu-central-1 has 5 of 5 VPCs, and the stage needs 1 more")
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value 6" in vpcs
    assert addresses.startswith("eu-central-1 has 4 of 5 elastic IP addresses, and the stage needs 2 more")
    assert "--service-code ec2 --quota-code L-0263D0A3 --desired-value 6" in addresses
    assert functions.startswith("eu-central-1 lets 10 functions run at once")


def test_a_raised_quota_counts(aws: Clients, found: Found, dev: StageConfig) -> None:
    """The account's own values count, not the documented ones."""
    at_once(aws, 1000)
    for number in range(4):
        aws.ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    with Stubber(aws.service_quotas) as stubber:
        for service, code in (("vpc", "L-F678F1CE"), ("ec2", "L-0263D0A3")):
            stubber.add_response(
                "get_service_quota", {"Quota": {"Value": 6.0}}, {"ServiceCode": service, "QuotaCode": code}
            )
        assert found(check_quotas, dev) == []


def test_a_stage_that_is_there_needs_nothing_new(
    aws: Clients, found: Found, dev: StageConfig, foundation: Deploy
) -> None:
    """Its VPC and addresses are among those that are counted."""
    at_once(aws, 10)
    foundation({"Topic": {"Type": "AWS::SNS::Topic"}})
    for number in range(4):
        aws.ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    assert found(check_quotas, dev) == []


def offering(
    aws: Clients, config: StageConfig, *, database: tuple[str, ...] = ALL, search: tuple[str, ...] = ALL
) -> None:
    """Have RDS and OpenSearch offered in zones."""
    rds, opensearch = Stubber(aws.rds), Stubber(aws.opensearch)
    option: dict[str, Any] = {"AvailabilityZones": [{"Name": name} for name in database]}
    everywhere: dict[str, Any] = {"AvailabilityZones": [{"Name": name} for name in ALL]}
    rds.add_response(
        "describe_orderable_db_instance_options",
        {
            "OrderableDBInstanceOptions": [
                {**option, "StorageType": "gp3"},
                {**everywhere, "StorageType": "io1"},  # no storage of ours
            ]
        },
        {
            "Engine": "postgres",
            "EngineVersion": POSTGRES,
            "DBInstanceClass": config.shape.database_class,
            "Vpc": True,
        },
    )
    masters = [config.shape.opensearch_master_class] if config.shape.opensearch_masters else []
    for kind in sorted({config.shape.opensearch_class, *masters}):
        opensearch.add_response(
            "list_instance_type_details",
            {"InstanceTypeDetails": [{"InstanceType": kind, "AvailabilityZones": list(search)}]},
            {"EngineVersion": f"OpenSearch_{OPENSEARCH}", "InstanceType": kind, "RetrieveAZs": True},
        )
    rds.activate()
    opensearch.activate()


@pytest.mark.parametrize("zones", [None, ("eu-central-1a", "eu-central-1c")])
def test_two_zones_that_offer_everything_pass(
    aws: Clients, found: Found, production: StageConfig, zones: tuple[str, str] | None
) -> None:
    """The region's first two, or those of the settings; data and master nodes are both looked for."""
    offering(aws, production)
    assert found(check_zones, replace(production, zones=zones)) == []


def test_a_zone_that_lacks_something_is_found(aws: Clients, found: Found, dev: StageConfig) -> None:
    """With what it lacks, and which zones offer everything."""
    offering(aws, dev, database=("eu-central-1a", "eu-central-1c"), search=("eu-central-1a", "eu-central-1c"))
    (line,) = found(check_zones, dev)
    lacks = "the zone eu-central-1b (euc1-az2) does not offer db.t4g.micro with PostgreSQL 15.18, t3.small.search with"
    assert line.startswith(lacks)
    assert line.endswith("set MOCSTACK_AVAILABILITY_ZONES to two of eu-central-1a, eu-central-1c")


def test_a_region_without_two_such_zones_is_found(aws: Clients, found: Found, dev: StageConfig) -> None:
    """Then another region is the way on."""
    offering(aws, dev, search=("eu-central-1a",))
    (line,) = found(check_zones, dev)
    assert line.endswith("no two zones of the region offer everything: choose another MOCSTACK_REGION")


def test_offerings_by_zone_id_count_too(aws: Clients, found: Found, dev: StageConfig) -> None:
    """The reference of OpenSearch's API does not say which it gives."""
    offering(aws, dev, search=("euc1-az1", "euc1-az2"))
    assert found(check_zones, dev) == []


def test_a_zone_of_the_settings_that_is_not_there_is_found(found: Found, dev: StageConfig) -> None:
    """It is named, with those that are there."""
    (line,) = found(check_zones, replace(dev, zones=("eu-central-1a", "eu-central-1x")))
    assert line.startswith("eu-central-1x can't be used")
    assert line.endswith("two of eu-central-1a, eu-central-1b, eu-central-1c")


def test_zones_without_rds_proxy_are_known_by_their_ids(
    aws: Clients, found: Found, dev: StageConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zone's letter differs by account, its id does not."""
    monkeypatch.setattr("infra.preflight.zones.WITHOUT_PROXY", frozenset({"euc1-az2"}))
    offering(aws, dev)
    (line,) = found(check_zones, dev)
    assert line.startswith("the zone eu-central-1b (euc1-az2) does not offer RDS Proxy: ")


def subnets(*zones: str) -> Mapping[str, object]:
    """Return the resources of a network in zones."""
    made: dict[str, object] = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    for number, zone in enumerate(zones):
        made[f"Subnet{number}"] = {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{number}.0/24",
                "AvailabilityZone": zone,
            },
        }
    return made


def test_a_stage_that_stays_in_its_zones_passes(found: Found, dev: StageConfig, foundation: Deploy) -> None:
    """In whichever order they are named; what they offer is not asked again."""
    foundation(subnets("eu-central-1c", "eu-central-1a"))
    assert found(check_zones, replace(dev, zones=("eu-central-1a", "eu-central-1c"))) == []


@pytest.mark.parametrize("zones", [None, ("eu-central-1a", "eu-central-1b")])
def test_a_deployed_stage_does_not_move(
    found: Found, dev: StageConfig, foundation: Deploy, zones: tuple[str, str] | None
) -> None:
    """Neither by its settings nor because AWS has opened a zone; the line has the value that keeps it."""
    foundation(subnets("eu-central-1b", "eu-central-1c"))
    (line,) = found(check_zones, replace(dev, zones=zones))
    assert line.startswith("the stage lies in eu-central-1b and eu-central-1c, and would move to eu-central-1a and")
    assert line.endswith("set MOCSTACK_AVAILABILITY_ZONES=eu-central-1b,eu-central-1c")


def test_the_first_two_zones_are_those_that_cloudformation_names(
    aws: Clients, found: Found, dev: StageConfig, foundation: Deploy
) -> None:
    """`Fn::GetAZs` leaves out zones without a default subnet where others have one."""
    for subnet in aws.ec2.describe_subnets()["Subnets"]:
        if subnet.get("AvailabilityZone") == "eu-central-1a":
            aws.ec2.delete_subnet(SubnetId=subnet.get("SubnetId", ""))
    foundation(subnets("eu-central-1b", "eu-central-1c"))
    assert found(check_zones, dev) == []


def versions(aws: Clients, *, postgres: str = POSTGRES, redis: str = REDIS, opensearch: str = OPENSEARCH) -> None:
    """Have versions of the engines offered."""
    of_rds = [{"EngineVersion": "15.9"}, {"EngineVersion": postgres}, {"EngineVersion": "16.1"}]
    of_redis = [{"EngineVersion": "6.2.6"}, {"EngineVersion": redis}]
    stubber = Stubber(aws.rds)
    stubber.add_response("describe_db_engine_versions", {"DBEngineVersions": of_rds}, {"Engine": "postgres"})
    stubber.activate()
    stubber = Stubber(aws.elasticache)
    stubber.add_response("describe_cache_engine_versions", {"CacheEngineVersions": of_redis}, {"Engine": "redis"})
    stubber.activate()
    stubber = Stubber(aws.opensearch)
    stubber.add_response("list_versions", {"Versions": ["Elasticsearch_7.10"], "NextToken": "x"}, {"MaxResults": 100})
    stubber.add_response(
        "list_versions", {"Versions": [f"OpenSearch_{opensearch}"]}, {"MaxResults": 100, "NextToken": "x"}
    )
    stubber.activate()


@pytest.mark.parametrize("redis", ["7.1", "7.1.0"])
def test_engines_that_the_region_offers_pass(aws: Clients, found: Found, dev: StageConfig, redis: str) -> None:
    """Redis may have a third number in the answer."""
    versions(aws, redis=redis)
    assert found(check_engines, dev) == []


def test_engines_that_were_withdrawn_are_found(aws: Clients, found: Found, dev: StageConfig) -> None:
    """With those of the same major version that there are, and where to choose one."""
    versions(aws, postgres="15.19", redis="7.2", opensearch="2.21")
    assert found(check_engines, dev) == [
        "PostgreSQL 15.18 is not offered in eu-central-1: choose one of 15.9, 15.19 in infra/versions.py",
        "Redis 7.1 is not offered in eu-central-1: choose one of 7.2 in infra/versions.py",
        "OpenSearch 2.19 is not offered in eu-central-1: choose one of 2.21 in infra/versions.py",
    ]


def test_a_deployed_engine_is_not_asked_for_again(found: Found, dev: StageConfig, foundation: Deploy) -> None:
    """It runs whether or not new ones of its version can be made."""
    foundation({"Topic": {"Type": "AWS::SNS::Topic"}})
    assert found(check_engines, dev) == []
