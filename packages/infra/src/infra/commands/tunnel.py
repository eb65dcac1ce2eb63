"""`tunnel`: a port of this machine that leads to an engine of a stage, through the bastion."""

import argparse

from core.names import BASTION_GROUP_OUTPUT
from core.sdk import aws_errors
from infra.deployed import stack_of
from infra.tunnel import (
    Forward,
    NoBastionError,
    Plugin,
    Target,
    UnreachableEngineError,
    find_plugin,
    open_session,
    ready_bastion,
    target,
)

from .given import given
from .screen import say
from .signing_in import Work, signed_in

_ACTIONS = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:SetDesiredCapacity",
    "cloudformation:DescribeStacks",
    "ssm:DescribeInstanceInformation",
    "ssm:StartSession",
    "ssm:TerminateSession",
)


def run(options: argparse.Namespace) -> int:
    """Forward a port until Ctrl-C; return the exit code: 0, or 1 where the session ended by itself.

    Raises:
        TunnelError: the stage has no bastion, the bastion does not lead there, or there is no plugin.
    """
    if options.engine == "redis":
        raise UnreachableEngineError(options.engine)
    if not given(options, "synth").bastion:
        raise NoBastionError(options.stage)
    plugin = find_plugin()
    work = signed_in(options, "tunnel", say)
    with aws_errors(f"the tunnel to {options.engine} of {work.config.name} can't be opened", needs=_ACTIONS):
        where = target(options.engine, stack_of(work.clients, work.config.name, "application"))
        group = stack_of(work.clients, work.config.name, "foundation").output(BASTION_GROUP_OUTPUT)
        return _forward(work, plugin, group, where, options.port)


def _forward(work: Work, plugin: Plugin, group: str, where: Target, port: int | None) -> int:
    instance = ready_bastion(group, work.clients, say)
    try:
        with open_session(plugin, work.clients, instance=instance, target=where, port=port) as forward:
            return _wait(forward, where)
    finally:
        say(
            f"the bastion still runs; to stop it: aws autoscaling set-desired-capacity --region {work.config.region} "
            f"--auto-scaling-group-name {group} --desired-capacity 0"
        )


def _wait(forward: Forward, where: Target) -> int:
    for line in where.ready(forward.port):
        say(line)
    say("Ctrl-C ends the tunnel")
    try:
        code = forward.process.wait()
    except KeyboardInterrupt:
        return 0
    say(f"error: the session has ended by itself ({_ending(code)}): the lines above say why")
    return 1


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
