"""The roles by which AWS's services act in an account: service-linked, one of each, for all stages."""

import time
from collections.abc import Callable, Iterable

from botocore.exceptions import ClientError

from core.sdk import Clients, error_code

from .errors import RoleNotSeenError

_SEEN_SECONDS = 60.0
"""How long IAM may take to show a new role; it is seconds as a rule."""
_INTERVAL = 1.0


def make_linked_roles(services: Iterable[str], clients: Clients, say: Callable[[str], object]) -> None:
    """Make the roles of services that have none yet, and wait until each is there.

    Args:
        services: the services, as in `opensearchservice.amazonaws.com`.
        clients: AWS.
        say: takes a line for each.

    Raises:
        RoleNotSeenError: one was made, and is not there.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    for service in services:
        if has_linked_role(service, clients):
            say(f"service-linked role of {service}: there")
            continue
        _make(service, clients)
        _wait(service, clients)
        say(f"service-linked role of {service}: made")


def _make(service: str, clients: Clients) -> None:
    try:
        clients.iam.create_service_linked_role(AWSServiceName=service)
    except ClientError as error:
        # What IAM says to a role that is there: another has made it meanwhile, or the list was behind.
        if error_code(error) != "InvalidInput" or "taken" not in str(error):
            raise


def _wait(service: str, clients: Clients) -> None:
    until = time.monotonic() + _SEEN_SECONDS
    while not has_linked_role(service, clients):
        if time.monotonic() > until:
            raise RoleNotSeenError(service, _SEEN_SECONDS)
        time.sleep(_INTERVAL)


def has_linked_role(service: str, clients: Clients) -> bool:
    """Return whether a service has its role in the account.

    Raises:
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    # IAM keeps each of them under the path of its service, whatever its name.
    return bool(clients.iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"])
