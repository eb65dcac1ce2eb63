"""The bastion's instance: one of a group of at most one, started where somebody has stopped it."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from core.sdk import Clients

from .errors import BastionNotReadyError

_START_SECONDS = 300.0
"""How long an instance may take from its start to its registration; it is a minute or two as a rule."""
_INTERVAL = 3.0


@contextmanager
def running_bastion(
    group: str, clients: Clients, say: Callable[[str], object], *, keep: bool = False, patience: float = _START_SECONDS
) -> Generator[str]:
    """Give the id of the bastion's instance, which Session Manager reaches, while the block runs.

    One that was stopped is started for it, and stopped once it ends, however it does: it costs by the hour.

    Args:
        group: its Auto Scaling group.
        clients: AWS, in the stage's region.
        say: takes a line where it takes long, and on what becomes of the bastion.
        keep: leave it running also where it was started for the block.
        patience: how long to wait for it, in seconds.

    Raises:
        BastionNotReadyError: it is not reached in time.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    stopped = _is_stopped(group, clients)
    try:
        if stopped:
            say(f"starting the bastion: {group} has no instance")
            clients.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
        yield _await(group, clients, say, patience)
    finally:
        if stopped and not keep:
            clients.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
            say(f"the bastion is stopped again: {group}")
        else:
            say(
                "the bastion still runs; to stop it: aws autoscaling set-desired-capacity "
                f"--region {clients.region} --auto-scaling-group-name {group} --desired-capacity 0"
            )


def _await(group: str, clients: Clients, say: Callable[[str], object], patience: float) -> str:
    until, said = time.monotonic() + patience, False
    while True:
        instance = _in_service(group, clients)
        if instance and _is_online(instance, clients):
            return instance
        if time.monotonic() > until:
            raise BastionNotReadyError(group, patience)
        if not said:
            say("waiting for the bastion to register with Session Manager")
            said = True
        time.sleep(_INTERVAL)


def _is_stopped(group: str, clients: Clients) -> bool:
    found = clients.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    return bool(found) and found[0]["DesiredCapacity"] == 0


def _in_service(group: str, clients: Clients) -> str | None:
    found = clients.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    instances = found[0].get("Instances", []) if found else []
    return next((one["InstanceId"] for one in instances if one["LifecycleState"] == "InService"), None)


def _is_online(instance: str, clients: Clients) -> bool:
    known = clients.ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [instance]}])
    return any(one.get("PingStatus") == "Online" for one in known["InstanceInformationList"])
