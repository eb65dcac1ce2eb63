"""The bucket's name, and a bucket that is reused: on moto's server."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.sdk import Clients
from infra.preflight.bucket import check_bucket
from infra.preflight.subject import Check
from infra.stage import StageConfig

pytestmark = pytest.mark.slow

Found = Callable[[Check, StageConfig], list[str]]

NAME = "somebodys-files"
HERE = {"LocationConstraint": "eu-central-1"}
BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
RULES: list[dict[str, Any]] = [
    {
        "ID": "all",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Transitions": [{"Days": 90, "StorageClass": "STANDARD_IA"}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
]


def test_a_name_that_nobody_has_passes(found: Found, dev: StageConfig) -> None:
    """The first deployment makes the bucket."""
    assert found(check_bucket, dev) == []


def put_elsewhere(name: str) -> None:
    """Make a bucket in another region."""
    Clients("eu-west-1").s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


def test_a_name_that_is_taken_is_found(found: Found, dev: StageConfig) -> None:
    """Whoever has it; both ways on are named."""
    put_elsewhere(dev.bucket_name)
    (line,) = found(check_bucket, dev)
    assert line.startswith("the bucket lego-moc-files-dev is there already")
    assert "MOCSTACK_BUCKET_NAME" in line
    assert "MOCSTACK_EXISTING_BUCKET=lego-moc-files-dev" in line


def test_the_stages_own_bucket_passes(found: Found, dev: StageConfig, foundation: Callable[..., None]) -> None:
    """It is in the stage's stack; under another name in the settings it is nobody's."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": dev.bucket_name}}
    foundation({"Bucket": bucket}, BucketName=dev.bucket_name)
    assert found(check_bucket, dev) == []


def test_a_bucket_of_another_resource_of_that_name_is_not_the_stages(
    aws: Clients, found: Found, dev: StageConfig, foundation: Callable[[Mapping[str, object]], None]
) -> None:
    """A stack with another bucket, and somebody's under the name."""
    foundation({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "another"}}})
    aws.s3.create_bucket(Bucket=dev.bucket_name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert len(found(check_bucket, dev)) == 1


OTHERS: Mapping[str, tuple[str, bool, dict[str, Any], str]] = {
    "another by its name": (
        "lego-moc-files-dev",
        True,
        {"bucket_name": NAME},
        "leave MOCSTACK_BUCKET_NAME and MOCSTACK_EXISTING_BUCKET out",
    ),
    "another to reuse": (
        "lego-moc-files-dev",
        True,
        {"bucket_name": NAME, "bucket_exists": True},
        "leave MOCSTACK_BUCKET_NAME and MOCSTACK_EXISTING_BUCKET out",
    ),
    "a name forgotten": (
        "our-own-name",
        True,
        {},
        "set MOCSTACK_BUCKET_NAME=our-own-name and leave MOCSTACK_EXISTING_BUCKET out",
    ),
    "a reused one forgotten": (
        NAME,
        False,
        {},
        f"set MOCSTACK_EXISTING_BUCKET={NAME} and leave MOCSTACK_BUCKET_NAME out",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_stage_keeps_its_bucket(found: Found, dev: StageConfig, foundation: Callable[..., None], case: str) -> None:
    """The application imports its name: another is refused before CloudFormation does, with the setting to mend."""
    deployed, own, changed, back = OTHERS[case]
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": deployed}}
    foundation({"Files": bucket} if own else {"Topic": {"Type": "AWS::SNS::Topic"}}, BucketName=deployed)
    config = replace(dev, **changed)
    (line,) = found(check_bucket, config)
    assert line.startswith(f"the bucket of the stage is {deployed}, and would be {config.bucket_name}, which a")
    assert f"a stage keeps its bucket: {back}; for another bucket copy the files into a new stage" in line
    assert "`nox -s remove -- dev`" in line


@pytest.fixture
def reused(aws: Clients, production: StageConfig) -> StageConfig:
    """Return a stage that reuses a bucket, which is just as the stage would have made it."""
    s3: Any = aws.s3
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration=HERE)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=NAME, ServerSideEncryptionConfiguration=encryption)
    put_origins(aws, *production.origins)
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": RULES})
    s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=BLOCKED)
    put_policy(aws)
    return replace(production, bucket_exists=True, bucket_name=NAME)


def put_origins(aws: Clients, *origins: str) -> None:
    """Let origins upload."""
    rules = [{"AllowedMethods": ["PUT", "POST"], "AllowedOrigins": list(origins), "AllowedHeaders": ["*"]}]
    s3: Any = aws.s3
    s3.put_bucket_cors(Bucket=NAME, CORSConfiguration={"CORSRules": rules})


def put_policy(aws: Clients, **changed: object) -> None:
    """Deny what comes without TLS, or something near it."""
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **changed,
    }
    aws.s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_a_reused_bucket_that_is_as_the_stage_wants_it_passes(found: Found, reused: StageConfig) -> None:
    """Nothing is said, and nothing is touched."""
    assert found(check_bucket, reused) == []


def test_a_bucket_to_reuse_that_is_not_there_is_found(found: Found, dev: StageConfig) -> None:
    """Its name is what is to be mended."""
    (line,) = found(check_bucket, replace(dev, bucket_exists=True, bucket_name=NAME))
    assert line.startswith(f"there is no bucket {NAME}: mend MOCSTACK_EXISTING_BUCKET")


def test_a_bucket_in_another_region_is_found(found: Found, dev: StageConfig) -> None:
    """Requests that are signed for one region are not answered in another."""
    put_elsewhere(NAME)
    (line,) = found(check_bucket, replace(dev, bucket_exists=True, bucket_name=NAME))
    assert "is in eu-west-1, and the stage in eu-central-1" in line


def _rules_without(key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in rule.items() if name != key} for rule in RULES]


def _rules(s3: Any, rules: list[dict[str, Any]]) -> None:  # noqa: ANN401
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": rules})


CHANGES: Mapping[str, tuple[Callable[[Clients, Any], object], str]] = {
    "unversioned": (
        lambda _, s3: s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"}),
        "has versioning off, and the stage wants it on",
    ),
    "another encryption": (
        lambda _, s3: s3.put_bucket_encryption(
            Bucket=NAME,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}]
            },
        ),
        "is encrypted by aws:kms, and the stage wants SSE-S3",
    ),
    "no encryption": (lambda _, s3: s3.delete_bucket_encryption(Bucket=NAME), "is encrypted by"),
    "another origin": (
        lambda aws, _: put_origins(aws, "https://app.example.com", "https://other.example.com"),
        "takes uploads from https://app.example.com, https://other.example.com by CORS, and the stage wants https://app",
    ),
    "any origin": (lambda aws, _: put_origins(aws, "*"), "takes uploads from * by CORS"),
    "no CORS": (lambda _, s3: s3.delete_bucket_cors(Bucket=NAME), "takes uploads from nowhere by CORS"),
    "colder sooner": (
        lambda _, s3: _rules(s3, [{**RULES[0], "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}]),
        "has no rule that moves files to STANDARD_IA after 90 days",
    ),
    "a rule that is off": (
        lambda _, s3: _rules(s3, [{**RULES[0], "Transitions": [], "ID": "on"}, {**RULES[0], "Status": "Disabled"}]),
        "has no rule that moves files to STANDARD_IA after 90 days",
    ),
    "uploads kept": (
        lambda _, s3: _rules(s3, _rules_without("AbortIncompleteMultipartUpload")),
        "has no rule that aborts incomplete uploads",
    ),
    "versions kept": (
        lambda _, s3: _rules(s3, _rules_without("NoncurrentVersionExpiration")),
        "has no rule that expires old versions",
    ),
    "files deleted": (
        lambda _, s3: _rules(s3, [{**RULES[0], "Expiration": {"Days": 365}}]),
        "has a rule that deletes files by their age",
    ),
    "half public": (
        lambda _, s3: s3.put_public_access_block(
            Bucket=NAME, PublicAccessBlockConfiguration={**BLOCKED, "RestrictPublicBuckets": False}
        ),
        "lets the public in: its public-access block lacks RestrictPublicBuckets",
    ),
    "public": (
        lambda _, s3: s3.delete_public_access_block(Bucket=NAME),
        "lacks BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets",
    ),
    "no policy": (lambda _, s3: s3.delete_bucket_policy(Bucket=NAME), "has no policy that denies requests without TLS"),
    "HTTP to objects": (
        lambda aws, _: put_policy(aws, Resource=f"arn:aws:s3:::{NAME}"),
        "has no policy that denies requests without TLS",
    ),
    "HTTP for reading": (
        lambda aws, _: put_policy(aws, Action="s3:PutObject"),
        "has no policy that denies requests without TLS",
    ),
    "HTTP by condition": (
        lambda aws, _: put_policy(
            aws,
            Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        ),
        "has no policy that denies requests without TLS",
    ),
    "HTTP allowed": (
        lambda aws, _: put_policy(aws, Effect="Allow"),
        "has no policy that denies requests without TLS",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_difference_of_a_reused_bucket_is_found(
    aws: Clients, found: Found, reused: StageConfig, change: str
) -> None:
    """It alone, with what the stage wants instead."""
    apply, words = CHANGES[change]
    apply(aws, aws.s3)
    (line,) = found(check_bucket, reused)
    assert line.startswith(f"the bucket {NAME} ")
    assert words in line
    assert "by hand" in line
