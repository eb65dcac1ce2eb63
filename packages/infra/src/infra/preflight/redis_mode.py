"""Whether the Redis of a deployed stage is what its sizes ask for, in the one thing that can't be changed."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code

from .errors import Finding
from .subject import Subject


def check_redis_mode(subject: Subject) -> Iterator[Finding]:
    """Find a change of cluster mode.

    It is a parameter of a group that is in use, and it changes the endpoint that the application imports:
    CloudFormation refuses both, in the middle of the deployment.
    """
    deployed = None if subject.is_new else _is_clustered(subject.config.own_name, subject.clients)
    wanted = subject.config.shape.redis_clustered
    if deployed is not None and deployed != wanted:
        yield Finding(
            f"the Redis of the stage is {_mode(clustered=deployed)}, and would be {_mode(clustered=wanted)}, which a "
            "deployment can't change",
            f"set redis_clustered to {deployed} for {subject.config.sizing} in infra/shapes.py; for the other mode "
            f"remove the stage by `nox -s remove -- {subject.config.name}`, or make a new one",
        )


def _mode(*, clustered: bool) -> str:
    return "in cluster mode" if clustered else "without cluster mode"


def _is_clustered(group: str, clients: Clients) -> bool | None:
    """Return whether a replication group is in cluster mode; None where there is none."""
    try:
        (found,) = clients.elasticache.describe_replication_groups(ReplicationGroupId=group)["ReplicationGroups"]
    except ClientError as error:
        if error_code(error) != "ReplicationGroupNotFoundFault":
            raise
        return None
    return found.get("ClusterEnabled", False)
