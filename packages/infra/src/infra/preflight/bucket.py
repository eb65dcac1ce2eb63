"""The name of the stage's bucket, which all of AWS shares."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.deployed import resources_of

from .errors import Finding
from .reused import differences
from .subject import Subject


def check_bucket(subject: Subject) -> Iterator[Finding]:
    """Find a name that can't be had, or a bucket to reuse that is not as the stage would have made it."""
    name, there = subject.config.bucket_name, _there(subject.clients, subject.config.bucket_name)
    if subject.config.bucket_exists:
        yield from _reusable(subject, there=there)
    elif there and not _is_the_stages(subject):
        yield Finding(
            f"the bucket {name} is there already, and not of this stage",
            "set MOCSTACK_BUCKET_NAME to a name that is free; where it is yours, as a removed stage leaves it, "
            f"MOCSTACK_EXISTING_BUCKET={name} uses it as it is",
        )


def _there(clients: Clients, name: str) -> bool:
    try:
        clients.s3.head_bucket(Bucket=name)
    except ClientError as error:
        # Whoever may not look at it, or looks from another region, still learns that there is one. A head has no
        # body: its code is the status.
        if error_code(error) in {"404", "NoSuchBucket", "NotFound"}:
            return False
    return True


def _is_the_stages(subject: Subject) -> bool:
    stack = subject.foundation
    if stack is None or not stack.has_resources:
        return False
    return subject.config.bucket_name in resources_of(subject.clients, stack, "AWS::S3::Bucket")


def _reusable(subject: Subject, *, there: bool) -> Iterator[Finding]:
    name, account = subject.config.bucket_name, subject.config.account or ""
    remedy = "mend MOCSTACK_EXISTING_BUCKET, or leave it out to have a bucket made"
    if not there:
        yield Finding(f"there is no bucket {name}", remedy)
        return
    try:
        region = subject.clients.s3.head_bucket(Bucket=name, ExpectedBucketOwner=account).get("BucketRegion")
    except ClientError:
        yield Finding(
            f"the bucket {name} is not of account {account} in {subject.config.region}, or not open to you", remedy
        )
        return
    if region and region != subject.config.region:
        yield Finding(f"the bucket {name} is in {region}, and the stage in {subject.config.region}", remedy)
        return
    for difference in differences(subject.config, subject.clients):
        yield Finding(
            f"the bucket {name} {difference}",
            "change it by hand, once whoever uses it agrees: a bucket that is reused is not touched",
        )
