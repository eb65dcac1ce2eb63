"""Emptying a bucket, which CloudFormation deletes only if there is nothing in it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code

from .errors import RemovalError

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef, ObjectIdentifierTypeDef

_REPORTED = 10_000
"""How many objects are deleted between two lines about it."""


class BucketNotEmptiedError(RemovalError):
    """An object can't be deleted.

    Attributes:
        bucket: the bucket.
    """

    def __init__(self, bucket: str, key: str, reason: str) -> None:
        super().__init__(f"the bucket {bucket} can't be emptied: {key!r} stays there ({reason})")
        self.bucket = bucket


def empty_bucket(clients: Clients, bucket: str, say: Callable[[str], object]) -> None:
    """Delete all of a bucket: objects, their versions, the marks of deleted ones, uploads that never ended.

    Raises:
        BucketNotEmptiedError: something in it can't be deleted.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    deleted = 0
    for batch in _versions(clients, bucket):
        answer = clients.s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for left in answer.get("Errors", []):
            raise BucketNotEmptiedError(bucket, left.get("Key", ""), left.get("Message", ""))
        if deleted // _REPORTED != (deleted + len(batch)) // _REPORTED:
            say(f"emptying {bucket}: {deleted + len(batch)} objects and versions so far")
        deleted += len(batch)
    for key, upload in _uploads(clients, bucket):
        clients.s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
    if deleted:
        say(f"emptied {bucket}: {deleted} objects and versions")


def _versions(clients: Clients, bucket: str) -> "Iterator[list[ObjectIdentifierTypeDef]]":
    """Yield versions, at most 1000 at a time, which is what one request deletes at most.

    It looks from the start each time: what it has yielded is deleted by then, and what is written meanwhile is found.
    """
    try:
        while batch := _identified(clients.s3.list_object_versions(Bucket=bucket)):
            yield batch
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":  # gone already: by hand, or by a removal that did not end
            raise


def _identified(page: "ListObjectVersionsOutputTypeDef") -> "list[ObjectIdentifierTypeDef]":
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [
        {"Key": version["Key"], "VersionId": version["VersionId"]}
        for version in found
        if "Key" in version and "VersionId" in version
    ]


def _uploads(clients: Clients, bucket: str) -> Iterator[tuple[str, str]]:
    try:
        for page in clients.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                if "Key" in upload and "UploadId" in upload:
                    yield upload["Key"], upload["UploadId"]
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise
