"""CloudFront before the bucket, beyond criterion 1.6.8."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from templates.made import WrittenOf
from templates.model import Resource, Templates
from templates.policies import Call, possibly, read_policy
from templates.resolve import resolve

pytestmark = pytest.mark.slow

WITHOUT_KEY = """
from dataclasses import replace
from infra.cdk import use_for_jsii
use_for_jsii()
import aws_cdk
from core.settings import StageSettings
from infra.bucket import Bucket
from infra.errors import InfraError
from infra.stage import StageConfig
config = replace(StageConfig.of(StageSettings(stage="dev", region="us-east-1")), cdn=True)
try:
    Bucket(aws_cdk.Stack(aws_cdk.App(), "Any"), "Bucket", config=config)
except InfraError as error:
    print(error)
"""


@pytest.fixture
def other_key(changed: WrittenOf) -> Templates:
    """The stage of the variant `everything`, after its key was changed."""
    return resolve(changed("stage.cdn_public_key"))


def behaviours(distribution: Resource) -> list[dict[str, object]]:
    """Return what a distribution does with each path."""
    given = distribution["DistributionConfig"]
    return [given["DefaultCacheBehavior"], *given.get("CacheBehaviors", [])]


def test_only_reads_come_by_the_cdn(variant: Templates) -> None:
    """By HTTPS alone, and without a method that writes."""
    for distribution in variant.of("AWS::CloudFront::Distribution"):
        for behaviour in behaviours(distribution):
            assert behaviour["ViewerProtocolPolicy"] == "https-only"
            assert behaviour["AllowedMethods"] == ["GET", "HEAD"]


def test_the_cdn_signs_what_it_asks_of_our_bucket(variant: Templates) -> None:
    """The origin is the bucket at the endpoint of its region, which answers signed requests alone."""
    for distribution in variant.of("AWS::CloudFront::Distribution"):
        (origin,) = distribution["DistributionConfig"]["Origins"]
        assert origin["DomainName"].startswith(f"{variant.config.bucket_name}.s3.")
        (control,) = variant.of("AWS::CloudFront::OriginAccessControl")
        assert origin["OriginAccessControlId"] == control.ref
        given = control["OriginAccessControlConfig"]
        assert (given["SigningBehavior"], given["OriginAccessControlOriginType"]) == ("always", "s3")


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectVersion"])
def test_the_cdn_reads_and_no_more(variant: Templates, action: str) -> None:
    """Its service may neither write, nor list, nor read what was deleted."""
    for distribution in variant.of("AWS::CloudFront::Distribution"):
        (bucket,) = (
            each for each in variant.of("AWS::S3::BucketPolicy") if each["Bucket"] == variant.config.bucket_name
        )
        arn = f"arn:aws:s3:::{variant.config.bucket_name}"
        source = f"arn:aws:cloudfront::{variant.config.account or '111122223333'}:distribution/{distribution.ref}"
        for resource in (arn, f"{arn}/a/b"):
            call = Call(action, resource, {"AWS:SourceArn": source}, principal="cloudfront.amazonaws.com")
            assert not possibly(read_policy(bucket["PolicyDocument"]), call), call


def test_no_browser_takes_a_file_for_another_kind(variant: Templates) -> None:
    """Users upload the files: what a file is, is what was said at its upload."""
    for distribution in variant.of("AWS::CloudFront::Distribution"):
        for behaviour in behaviours(distribution):
            policy = variant.by_ref(str(behaviour["ResponseHeadersPolicyId"]), "AWS::CloudFront::ResponseHeadersPolicy")
            given = policy["ResponseHeadersPolicyConfig"]
            assert given["SecurityHeadersConfig"]["ContentTypeOptions"]["Override"]
            origins = given.get("CorsConfig", {}).get("AccessControlAllowOrigins", {}).get("Items", [])
            assert origins == list(variant.config.origins)


def test_the_outputs_are_those_of_the_cdn(variant: Templates) -> None:
    """What signs URLs finds the host name and the key's id, where there is a CDN and nowhere else."""
    outputs = variant.foundation.outputs
    assert {"CdnDomain", "CdnKeyPairId"} & outputs.keys() == (
        {"CdnDomain", "CdnKeyPairId"} if variant.config.cdn else set()
    )
    if variant.config.cdn:
        assert outputs["CdnDomain"] == variant.only("AWS::CloudFront::Distribution").attribute("DomainName")
        assert outputs["CdnKeyPairId"] == variant.only("AWS::CloudFront::PublicKey").ref


def test_names_in_cloudfront_are_the_stages(variant: Templates) -> None:
    """CloudFront is one for the account: a name that two stages had would fail the second."""
    prefix = f"mocstack-{variant.config.name}-"
    for key in variant.of("AWS::CloudFront::PublicKey"):
        assert key["PublicKeyConfig"]["Name"].startswith(prefix)
        assert key["PublicKeyConfig"]["CallerReference"].startswith(prefix)
    for kind, config in (
        ("KeyGroup", "KeyGroupConfig"),
        ("OriginAccessControl", "OriginAccessControlConfig"),
        ("ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"),
    ):
        for resource in variant.of(f"AWS::CloudFront::{kind}"):
            assert resource[config]["Name"].startswith(prefix), resource


def test_another_key_is_another_resource(templates_of: Callable[[str], Templates], other_key: Templates) -> None:
    """CloudFront refuses any change of a key that it has, so it gets a new one; the group takes it over."""
    everything = templates_of("everything")
    before, after = (each.only("AWS::CloudFront::PublicKey") for each in (everything, other_key))
    assert before["PublicKeyConfig"]["EncodedKey"] != after["PublicKeyConfig"]["EncodedKey"]
    assert before.id != after.id
    for unique in ("Name", "CallerReference"):
        assert before["PublicKeyConfig"][unique] != after["PublicKeyConfig"][unique]
    groups = [each.only("AWS::CloudFront::KeyGroup") for each in (everything, other_key)]
    assert groups[0].id == groups[1].id
    assert [group["KeyGroupConfig"]["Items"] for group in groups] == [[before.ref], [after.ref]]


def test_a_cdn_without_a_key_is_refused() -> None:
    """It would make every file public."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_KEY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "would make every file public" in done.stdout
