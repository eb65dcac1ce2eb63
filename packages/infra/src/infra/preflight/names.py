"""Names that the stage's first deployment takes, and that something from an earlier one may still have."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.leftovers import found_log_groups
from infra.log_group_names import PARTS, log_groups

from .errors import Finding
from .subject import Subject


def check_names(subject: Subject) -> Iterator[Finding]:
    """Find engines and log groups by the names of those that the deployment is to make."""
    if subject.is_new:
        yield from _engines(subject)
    names = [name for part in PARTS if subject.makes(part) for name in log_groups(subject.config, part)]
    left = list(found_log_groups(names, subject.clients))
    if left:
        region = subject.config.region
        yield Finding(
            f"there are log groups already that the deployment is to make: {', '.join(left)}",
            "read or export what you need of them, then "
            + "; ".join(f"`aws logs delete-log-group --region {region} --log-group-name {name}`" for name in left),
        )


def _engines(subject: Subject) -> Iterator[Finding]:
    name, clients = subject.config.own_name, subject.clients
    where = f"--region {subject.config.region}"
    snapshot = f"--final-db-snapshot-identifier {name}-final"
    if _database(name, clients):
        yield _engine("an RDS instance", name, f"rds delete-db-instance {where} --db-instance-identifier", snapshot)
    if _replication_group(name, clients):
        command = f"elasticache delete-replication-group {where} --replication-group-id"
        yield _engine("an ElastiCache replication group", name, command)
    if _domain(name, clients):
        yield _engine("an OpenSearch domain", name, f"opensearch delete-domain {where} --domain-name")


def _engine(thing: str, name: str, *command: str) -> Finding:
    first, *rest = command
    return Finding(
        f"there is {thing} {name} already, which no stack of the stage has",
        f"look at what is in it; where nobody needs it any more, `{' '.join(['aws', first, name, *rest])}`, and wait "
        "until it is gone",
    )


def _database(name: str, clients: Clients) -> bool:
    try:
        return bool(clients.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"])
    except ClientError as error:
        return _unless(error, "DBInstanceNotFound", "DBInstanceNotFoundFault")


def _replication_group(name: str, clients: Clients) -> bool:
    try:
        return bool(clients.elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"])
    except ClientError as error:
        return _unless(error, "ReplicationGroupNotFoundFault")


def _domain(name: str, clients: Clients) -> bool:
    try:
        return clients.opensearch.describe_domain(DomainName=name)["DomainStatus"]["DomainName"] == name
    except ClientError as error:
        return _unless(error, "ResourceNotFoundException")


def _unless(error: ClientError, *codes: str) -> bool:
    """Return False for an answer that there is nothing of the name."""
    if error_code(error) not in codes:
        raise error
    return False
