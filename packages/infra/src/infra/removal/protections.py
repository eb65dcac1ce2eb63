"""What keeps a stage from being removed by mistake, lifted once it is no mistake."""

import time
from collections.abc import Callable, Iterable

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code
from infra.deployed import DeployedStack

from .errors import ProtectionLeftError
from .plan import Resource

_SECONDS = 180.0
"""How long RDS may take to switch it off; it does so at once as a rule."""
_INTERVAL = 2.0
_DATABASE = "AWS::RDS::DBInstance"


def lift_protections(
    clients: Clients, stack: DeployedStack, resources: Iterable[Resource], say: Callable[[str], object]
) -> None:
    """Switch off a stack's termination protection, and the deletion protection of the databases that go with it.

    Raises:
        ProtectionLeftError: a database is still protected.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    if stack.protected:
        clients.cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)
        say(f"termination protection of {stack.name}: off")
    for resource in resources:
        if resource.kind == _DATABASE and resource.fate != "stays" and _is_protected(clients, resource.physical_id):
            clients.rds.modify_db_instance(
                DBInstanceIdentifier=resource.physical_id, DeletionProtection=False, ApplyImmediately=True
            )
            _wait(clients, resource.physical_id)
            say(f"deletion protection of {resource.physical_id}: off")


def _wait(clients: Clients, database: str) -> None:
    until = time.monotonic() + _SECONDS
    while _is_protected(clients, database):
        if time.monotonic() > until:
            raise ProtectionLeftError(database, _SECONDS)
        time.sleep(_INTERVAL)


def _is_protected(clients: Clients, database: str) -> bool:
    try:
        found = clients.rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    except ClientError as error:
        if error_code(error) != "DBInstanceNotFound":  # gone already: by hand, or by a removal that did not end
            raise
        return False
    return any(instance.get("DeletionProtection", False) for instance in found)
