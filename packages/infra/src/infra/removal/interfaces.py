"""Waiting for Lambda to take its network interfaces away, without which a network can't be deleted."""

import time
from collections.abc import Callable

from core.sdk import Clients

from .errors import InterfacesLeftError

PATIENCE = 45 * 60.0
"""Seconds. Lambda takes up to 20 minutes as a rule (its documentation), and 40 were seen."""
INTERVAL = 15.0
_DESCRIBED = "AWS Lambda VPC ENI"
_REPORTED = 60.0
"""Seconds between two lines about it."""


def await_interfaces(
    clients: Clients,
    network: str,
    say: Callable[[str], object],
    *,
    patience: float = PATIENCE,
    interval: float = INTERVAL,
) -> None:
    """Wait until no function's interface is in a network any more.

    Args:
        clients: AWS.
        network: the id of the VPC.
        say: takes a line a minute.
        patience: seconds until it has failed.
        interval: seconds between two looks.

    Raises:
        InterfacesLeftError: some are left.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    began = time.monotonic()
    said = -_REPORTED
    while left := _left(clients, network):
        waited = time.monotonic() - began
        if waited > patience:
            raise InterfacesLeftError(left, patience)
        if waited - said >= _REPORTED:
            said = waited
            say(
                f"waiting for Lambda to take {len(left)} network interfaces away, which takes it 20 to 40 minutes: "
                f"{waited / 60:.0f} so far"
            )
        time.sleep(interval)


def _left(clients: Clients, network: str) -> tuple[str, ...]:
    pages = clients.ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[{"Name": "vpc-id", "Values": [network]}]
    )
    return tuple(
        interface.get("NetworkInterfaceId", "")
        for page in pages
        for interface in page["NetworkInterfaces"]
        if interface.get("InterfaceType") == "lambda" or interface.get("Description", "").startswith(_DESCRIBED)
    )
