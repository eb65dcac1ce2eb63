"""Log groups that are there without their stack.

RDS, the proxy and Lambda write a last line when they are deleted, and whatever finds no log group then makes one, which
the next deployment of the stage would fail at.
"""

from collections.abc import Iterable, Iterator

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code


def found_log_groups(names: Iterable[str], clients: Clients) -> Iterator[str]:
    """Yield those of some names of which there is a log group.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for name in names:
        # A prefix sorts before all that begins with it.
        groups = clients.logs.describe_log_groups(logGroupNamePrefix=name, limit=1)["logGroups"]
        if any(group.get("logGroupName") == name for group in groups):
            yield name


def delete_log_groups(names: Iterable[str], clients: Clients) -> Iterator[str]:
    """Delete the log groups of some names, and yield those that were there.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for name in found_log_groups(names, clients):
        try:
            clients.logs.delete_log_group(logGroupName=name)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":  # somebody else has deleted it
                raise
            continue
        yield name
