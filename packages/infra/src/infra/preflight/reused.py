"""A bucket that is reused, against what the stage would have made: it is read, and never touched."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.files import COLD_AFTER
from infra.stage import StageConfig

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

T = TypeVar("T")

_UPLOADS = frozenset({"PUT", "POST"})
_PUBLIC = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def differences(config: StageConfig, clients: Clients) -> Iterator[str]:
    """Yield what is otherwise, each as what comes after the bucket's name."""
    name, s3 = config.bucket_name, clients.s3
    yield from _versioning(s3, name, wanted=config.shape.bucket_versioned)
    yield from _encryption(s3, name)
    yield from _cors(s3, name, set(config.origins))
    yield from _lifecycle(s3, name, versioned=config.shape.bucket_versioned)
    yield from _public_access(s3, name)
    yield from _https_only(s3, name)


def _versioning(s3: "S3Client", name: str, *, wanted: bool) -> Iterator[str]:
    versioned = s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
    if versioned != wanted:
        yield f"has versioning {'on' if versioned else 'off'}, and the stage wants it {'on' if wanted else 'off'}"


def _encryption(s3: "S3Client", name: str) -> Iterator[str]:
    answer = _given(
        lambda: s3.get_bucket_encryption(Bucket=name), without="ServerSideEncryptionConfigurationNotFoundError"
    )
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"] if answer else []
    found = {rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "nothing") for rule in rules}
    if found != {"AES256"}:
        yield f"is encrypted by {', '.join(sorted(found)) or 'nothing'}, and the stage wants SSE-S3 (AES256)"


def _cors(s3: "S3Client", name: str, wanted: set[str]) -> Iterator[str]:
    answer = _given(lambda: s3.get_bucket_cors(Bucket=name), without="NoSuchCORSConfiguration")
    uploads = [rule for rule in (answer["CORSRules"] if answer else []) if _UPLOADS & set(rule["AllowedMethods"])]
    found = {origin for rule in uploads for origin in rule["AllowedOrigins"]}
    if found != wanted:
        yield f"takes uploads from {_listed(found)} by CORS, and the stage wants {_listed(wanted)}"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nowhere"


def _lifecycle(s3: "S3Client", name: str, *, versioned: bool) -> Iterator[str]:
    answer = _given(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name), without="NoSuchLifecycleConfiguration")
    rules = [rule for rule in (answer["Rules"] if answer else []) if rule["Status"] == "Enabled"]
    moves = {
        move.get("Days")
        for rule in rules
        for move in rule.get("Transitions", [])
        if move.get("StorageClass") == "STANDARD_IA"
    }
    if moves != {COLD_AFTER}:
        yield f"has no rule that moves files to STANDARD_IA after {COLD_AFTER} days, or another one too"
    if not any("AbortIncompleteMultipartUpload" in rule for rule in rules):
        yield "has no rule that aborts incomplete uploads"
    if versioned and not any("NoncurrentVersionExpiration" in rule for rule in rules):
        yield "has no rule that expires old versions"
    if any({"Days", "Date"} & rule.get("Expiration", {}).keys() for rule in rules):
        yield "has a rule that deletes files by their age, and the stage wants none"


def _public_access(s3: "S3Client", name: str) -> Iterator[str]:
    answer = _given(lambda: s3.get_public_access_block(Bucket=name), without="NoSuchPublicAccessBlockConfiguration")
    block = cast("Mapping[str, bool]", answer["PublicAccessBlockConfiguration"] if answer else {})
    off = [setting for setting in _PUBLIC if not block.get(setting)]
    if off:
        yield f"lets the public in: its public-access block lacks {', '.join(off)}"


def _https_only(s3: "S3Client", name: str) -> Iterator[str]:
    answer = _given(lambda: s3.get_bucket_policy(Bucket=name), without="NoSuchBucketPolicy")
    document = cast("dict[str, object]", json.loads(answer["Policy"]) if answer else {})
    statements = document.get("Statement", [])
    listed = cast("list[dict[str, object]]", statements if isinstance(statements, list) else [statements])
    if not any(_denies_http(statement, name) for statement in listed):
        yield "has no policy that denies requests without TLS (Deny, aws:SecureTransport false)"


def _denies_http(statement: Mapping[str, object], name: str) -> bool:
    """Return whether a statement denies every request without TLS, of anyone, to the bucket and what is in it."""
    condition = cast("dict[str, dict[str, object]]", statement.get("Condition", {}))
    resources = _as_set(statement.get("Resource"))
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and bool(_as_set(statement.get("Action")) & {"*", "s3:*"})
        and ("*" in resources or _covers(resources, name))
        and list(condition) == ["Bool"]
        and {key: _as_set(value) for key, value in condition["Bool"].items()} == {"aws:SecureTransport": {"false"}}
    )


def _covers(resources: set[str], name: str) -> bool:
    own = {resource.rpartition(":")[2] for resource in resources}  # the partition before it differs by region
    return {name, f"{name}/*"} <= own


def _as_set(value: object) -> set[str]:
    """Return the values of a place in a policy that may hold one or several; S3 gives booleans back as texts."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return {str(one).lower() if isinstance(one, bool) else str(one) for one in values}


def _given(ask: Callable[[], T], *, without: str) -> T | None:
    """Return an answer, or None where AWS answers by an error that there is nothing of the kind."""
    try:
        return ask()
    except ClientError as error:
        if error_code(error) != without:
            raise
        return None
