"""The final snapshots that a removed stage leaves."""

from collections.abc import Iterable, Iterator

from core.sdk import Clients

from .plan import Resource


def final_snapshots(clients: Clients, resources: Iterable[Resource]) -> Iterator[str]:
    """Yield the names of the snapshots that are there of databases that went with one.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for resource in resources:
        if resource.fate == "snapshot" and resource.kind == "AWS::RDS::DBInstance":
            pages = clients.rds.get_paginator("describe_db_snapshots").paginate(
                DBInstanceIdentifier=resource.physical_id, SnapshotType="manual"
            )
            for page in pages:
                yield from (found.get("DBSnapshotIdentifier", "") for found in page["DBSnapshots"])
