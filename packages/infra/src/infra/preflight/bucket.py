"""The name of the stage's bucket, which all of AWS shares."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from core.names import BUCKET_NAME_OUTPUT
from core.sdk import Clients, error_code
from infra.deployed import resources_of
from infra.stage import default_bucket_name

from .errors import Finding
from .reused import differences
from .subject import Subject


def check_bucket(subject: Subject) -> Iterator[Finding]:
    """Find another bucket than the deployed one, a name that can't be had, or one to reuse that is unfit."""
    moved = tuple(_moved(subject))
    yield from moved
    if moved:  # what else is said of the new one would not help
        return
    name, there = subject.config.bucket_name, _there(subject.clients, subject.config.bucket_name)
    if subject.config.bucket_exists:
        yield from _reusable(subject, there=there)
    elif there and not _is_the_stages(subject):
        yield Finding(
            f"the bucket {name} is there already, and not of this stage",
            "set MOCSTACK_BUCKET_NAME to a name that is free; where it is yours, as a removed stage leaves it, "
            f"MOCSTACK_EXISTING_BUCKET={name} uses it as it is",
        )


def _moved(subject: Subject) -> Iterator[Finding]:
    """Find a deployed stage's change of bucket: the application imports the name, which then can't change."""
    config, stack = subject.config, subject.foundation
    deployed = stack.outputs.get(BUCKET_NAME_OUTPUT) if stack else None
    if not stack or not deployed or deployed == config.bucket_name:
        return
    if deployed not in resources_of(subject.clients, stack, "AWS::S3::Bucket"):
        back = f"set MOCSTACK_EXISTING_BUCKET={deployed} and leave MOCSTACK_BUCKET_NAME out"
    elif deployed == default_bucket_name(config.name):
        back = "leave MOCSTACK_BUCKET_NAME and MOCSTACK_EXISTING_BUCKET out"
    else:
        back = f"set MOCSTACK_BUCKET_NAME={deployed} and leave MOCSTACK_EXISTING_BUCKET out"
    yield Finding(
        f"the bucket of the stage is {deployed}, and would be {config.bucket_name}, which a deployment can't change",
        f"a stage keeps its bucket: {back}; for another bucket copy the files into a new stage, or remove this one "
        f"first by `nox -s remove -- {config.name}`",
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
