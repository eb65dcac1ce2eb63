"""What an update replaces: nothing with data, whatever value of a stage is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import pytest

from functions.manifest import FUNCTIONS
from infra.shapes import Shape
from infra.stage import StageConfig
from templates.exports import changed_exports
from templates.made import TemplatesOf, WrittenOf
from templates.model import Written
from templates.replacement import HOLDS_DATA, Replaced, replaced
from templates.variants import IDENTITY, changes

pytestmark = pytest.mark.slow

REPLACED: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "stage.alarm_email": (
        "another address is another subscription, which its reader confirms",
        frozenset({"AWS::SNS::Subscription"}),
    ),
    "stage.bastion": (
        "the switch takes the bastion away, with all that is its own",
        frozenset(
            {
                "AWS::AutoScaling::AutoScalingGroup",
                "AWS::EC2::LaunchTemplate",
                "AWS::EC2::SecurityGroup",
                "AWS::EC2::SecurityGroupEgress",
                "AWS::EC2::SecurityGroupIngress",
                "AWS::IAM::InstanceProfile",
                "AWS::IAM::Role",
            }
        ),
    ),
    "stage.cdn": (
        "the switch takes the distribution away; the files stay",
        frozenset(
            {
                "AWS::CloudFront::Distribution",
                "AWS::CloudFront::KeyGroup",
                "AWS::CloudFront::OriginAccessControl",
                "AWS::CloudFront::PublicKey",
                "AWS::CloudFront::ResponseHeadersPolicy",
            }
        ),
    ),
    "stage.cdn_public_key": (
        "CloudFront changes no key that it has: another is another resource",
        frozenset({"AWS::CloudFront::PublicKey"}),
    ),
    "shape.nat_gateways": (
        "one gateway less is the one of the second zone",
        frozenset({"AWS::EC2::EIP", "AWS::EC2::NatGateway"}),
    ),
    "shape.redis_shards": ("alarms are of each node, which are others", frozenset({"AWS::CloudWatch::Alarm"})),
    "shape.redis_replicas": ("likewise", frozenset({"AWS::CloudWatch::Alarm"})),
    "shape.opensearch_masters": ("without masters they have no alarms", frozenset({"AWS::CloudWatch::Alarm"})),
    "shape.protected": (
        "a dev stage has no access log; the bucket that has it stays, kept by its policy",
        frozenset({"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}),
    ),
}
"""By the value that is changed: why something is replaced or goes, and of which types. Nothing else ever is."""


@dataclass(frozen=True, slots=True)
class Unchangeable:
    """A value that a stage that is there can't be given another of: `deploy` refuses it before it begins.

    Attributes:
        why: what stands against it.
        replaced: the types that CloudFormation would replace.
        exports: what it would change in the application's hands, and therefore refuse.
    """

    why: str
    replaced: frozenset[str]
    exports: frozenset[str]


UNCHANGEABLE: Final[Mapping[str, Unchangeable]] = {
    "stage.zones": Unchangeable(
        "subnets are made anew, and all that is bound to them",
        frozenset(
            {
                "AWS::AutoScaling::AutoScalingGroup",
                "AWS::EC2::NatGateway",
                "AWS::EC2::Subnet",
                "AWS::EC2::SubnetRouteTableAssociation",
                "AWS::RDS::DBProxy",
                "AWS::RDS::DBProxyTargetGroup",
            }
        ),
        frozenset({"private-subnet-1", "private-subnet-2", "proxy-host", "proxy-id", "proxy-name"}),
    ),
    "stage.bucket_name": Unchangeable(
        "another bucket has none of the files: they are moved by hand, and the stage is made anew",
        frozenset({"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}),
        frozenset({"bucket-arn", "bucket-name"}),
    ),
    "shape.redis_clustered": Unchangeable(
        "the parameter can't be changed while the group uses it, and the host is another",
        frozenset({"AWS::CloudWatch::Alarm"}),
        frozenset({"redis-host"}),
    ),
}
"""By the value: what can't be changed."""


@pytest.mark.parametrize("change", changes())
def test_a_changed_value_replaces_only_what_it_should(
    change: str, templates_of: TemplatesOf, changed: WrittenOf
) -> None:
    """A value that is changed in a stage that is there replaces what the tables have for it, and nothing else."""
    found = {each.type for each in replaced(templates_of("everything").written, changed(change))}
    _, allowed = REPLACED.get(change, ("", frozenset[str]()))
    assert found <= (UNCHANGEABLE[change].replaced if change in UNCHANGEABLE else allowed)


@pytest.mark.parametrize("change", changes())
def test_a_changed_value_changes_no_export(change: str, templates_of: TemplatesOf, changed: WrittenOf) -> None:
    """What the application may import stays as it is, or CloudFormation would refuse the foundation's update."""
    found = changed_exports(templates_of("everything").written, changed(change))
    assert found == (UNCHANGEABLE[change].exports if change in UNCHANGEABLE else set())


@pytest.mark.parametrize("change", [name for name in changes() if name not in UNCHANGEABLE])
def test_a_changed_value_loses_no_data(change: str, templates_of: TemplatesOf, changed: WrittenOf) -> None:
    """No value that can be changed replaces what holds data; what goes by a switch is kept by its policy."""
    before = templates_of("everything").written
    gone = [each for each in replaced(before, changed(change)) if each.holds_data]
    lost = [each for each in gone if not _is_kept(each, before)]
    assert lost == []


def _is_kept(gone: Replaced, before: Written) -> bool:
    policy = before.bodies[gone.part]["Resources"][gone.id].get("DeletionPolicy")
    return gone.why == "gone" and policy in ("Retain", "RetainExceptOnCreate")


def test_every_value_of_a_stage_is_changed() -> None:
    """Each field of the configuration has a change, or a reason why it has none."""
    stage = {f"stage.{field.name}" for field in fields(StageConfig) if field.name not in IDENTITY}
    shape = {f"shape.{field.name}" for field in fields(Shape)}
    assert set(changes()) == stage | shape


def test_each_row_of_the_table_is_needed(templates_of: TemplatesOf, changed: WrittenOf) -> None:
    """A type in the table that no change replaces any more would hide a later mistake."""
    before = templates_of("everything").written
    tables = {name: types for name, (_, types) in REPLACED.items()}
    tables |= {name: each.replaced for name, each in UNCHANGEABLE.items()}
    found = {name: {each.type for each in replaced(before, changed(name))} for name in tables}
    growing = {"shape.redis_shards", "shape.redis_replicas"}  # more nodes have more alarms
    assert {name for name, types in tables.items() if found[name] != types} <= growing


@pytest.mark.parametrize("function", [function.name for function in FUNCTIONS])
def test_removing_a_function_leaves_the_foundation_alone(function: str, templates_of: TemplatesOf) -> None:
    """The foundation is the same to the byte, whichever function of the manifest goes."""
    without, whole = templates_of(f"dev-without-{function}").written, templates_of("dev").written
    assert without.texts["foundation"] == whole.texts["foundation"]
    assert without.texts["application"] != whole.texts["application"]


def test_another_name_replaces_data(templates_of: TemplatesOf) -> None:
    """A replacement is seen where there is one: the resources of another stage have other names."""
    found = list(replaced(templates_of("dev").written, templates_of("personal").written))
    assert {each.type for each in found if each.holds_data} == HOLDS_DATA
