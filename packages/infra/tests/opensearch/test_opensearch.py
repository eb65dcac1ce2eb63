"""The search domain, beyond what story 1.5 asks for."""

import re
from fnmatch import fnmatch

import pytest

from infra.account.logs_policy import GROUPS
from templates.model import Templates

pytestmark = pytest.mark.slow

DOMAIN = "AWS::OpenSearchService::Domain"
SMALL = range(10, 101)
"""GiB of gp3 that a t3.small.search may have (OpenSearch Service, EBS volume size quotas)."""


def architecture(instance_type: str) -> str:
    """Return the processor of an instance type: those of the `g` families are Graviton."""
    return "arm64" if re.fullmatch(r"[a-z]+\d+g[a-z]*", instance_type.partition(".")[0]) else "x86_64"


def test_the_name_is_short_enough(variant: Templates) -> None:
    """A domain's name has 3 to 28 characters."""
    assert re.fullmatch(r"[a-z][a-z0-9-]{2,27}", variant.only(DOMAIN)["DomainName"])


def test_masters_and_data_nodes_are_of_one_kind(variant: Templates) -> None:
    """Graviton does not mix with others, and a master that is not there has no type."""
    cluster = variant.only(DOMAIN)["ClusterConfig"]
    if cluster["DedicatedMasterEnabled"]:
        assert architecture(cluster["DedicatedMasterType"]) == architecture(cluster["InstanceType"])
        assert cluster["DedicatedMasterCount"] in {3, 5}
    else:
        assert not {"DedicatedMasterType", "DedicatedMasterCount"} & set(cluster)


def test_there_is_a_subnet_for_each_zone(variant: Templates) -> None:
    """The service takes exactly one subnet without zone awareness, and as many as zones with it."""
    domain = variant.only(DOMAIN)
    cluster = domain["ClusterConfig"]
    zones = cluster["ZoneAwarenessConfig"]["AvailabilityZoneCount"] if cluster["ZoneAwarenessEnabled"] else 1
    assert len(set(domain["VPCOptions"]["SubnetIds"])) == zones
    assert cluster["InstanceCount"] % zones == 0


def test_storage_is_what_the_type_may_have(variant: Templates) -> None:
    """A t3.small.search takes 10 to 100 GiB."""
    domain = variant.only(DOMAIN)
    assert domain["EBSOptions"]["VolumeType"] == "gp3"
    if domain["ClusterConfig"]["InstanceType"] == "t3.small.search":
        assert domain["EBSOptions"]["VolumeSize"] in SMALL


def test_access_control_has_what_it_needs(variant: Templates) -> None:
    """The service refuses fine-grained access control without HTTPS and encryption, at rest and between nodes."""
    domain = variant.only(DOMAIN)
    assert domain["AdvancedSecurityOptions"]["Enabled"]
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"]
    assert domain["EncryptionAtRestOptions"]["Enabled"]
    assert domain["NodeToNodeEncryptionOptions"]["Enabled"]


def test_the_access_policy_names_the_account_and_this_domain(variant: Templates) -> None:
    """A policy that named a function's role would be refused as soon as the role is gone."""
    domain = variant.only(DOMAIN)
    (statement,) = domain["AccessPolicies"]["Statement"]
    account = domain.attribute("Arn").split(":")[4]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    assert statement["Resource"] == f"{domain.attribute('Arn')}/*"
    assert all(re.fullmatch(r"es:ESHttp[A-Z][a-z]+", action) for action in statement["Action"])


def test_nothing_but_the_domain_makes_the_domain(variant: Templates) -> None:
    """Neither a function sets its policy, nor the template a policy of the region's logs or a service-linked role."""
    assert not [each for each in variant.foundation.resources.values() if each.type.startswith("Custom::")]
    assert not variant.of("AWS::Logs::ResourcePolicy")
    assert not variant.of("AWS::IAM::ServiceLinkedRole")


def test_logs_go_where_bootstrap_lets_them(variant: Templates) -> None:
    """The policy of the region that bootstrap makes covers the groups, or the domain would not be made."""
    groups = {each.attribute("Arn"): each for each in variant.of("AWS::Logs::LogGroup")}
    for log in variant.only(DOMAIN)["LogPublishingOptions"].values():
        group = groups[log["CloudWatchLogsLogGroupArn"]]
        assert fnmatch(group["LogGroupName"], GROUPS)
        assert group["RetentionInDays"] == variant.config.shape.log_retention


def test_versions_come_in_place(variant: Templates) -> None:
    """Without this policy CloudFormation would make another domain for another version of the engine."""
    assert variant.only(DOMAIN).body["UpdatePolicy"] == {"EnableVersionUpgrade": True}


def test_removing_a_stage_removes_the_domain(variant: Templates) -> None:
    """One that stayed would hold subnets and name; one that an update replaces is kept where data is protected."""
    body, protected = variant.only(DOMAIN).body, variant.config.shape.protected
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Delete", "Retain" if protected else "Delete")
