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
    running_bastion,
    target,
)

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
    work = signed_in(options, "tunnel", say)
    with aws_errors(f"the tunnel to {options.engine} of {work.config.name} can't be opened", needs=_ACTIONS):
        # What is deployed counts, and not this checkout's setting: a colleague may have deployed the bastion.
        group = stack_of(work.clients, work.config.name, "foundation").outputs.get(BASTION_GROUP_OUTPUT)
        if group is None:
            raise NoBastionError(work.config.name)
        where = target(options.engine, stack_of(work.clients, work.config.name, "application"))
        return forward(work, find_plugin(), group, where, port=options.port, keep=options.keep)


def forward(  # noqa: PLR0913  # a tunnel has two ends
    work: Work, plugin: Plugin, group: str, where: Target, *, port: int | None, keep: bool
) -> int:
    """Forward a port through a bastion until Ctrl-C; return the exit code.

    Args:
        work: the stage.
        plugin: what forwards.
        group: the bastion's Auto Scaling group.
        where: where to.
        port: the port; None for one that is free.
        keep: leave the bastion running that was started for it.

    Raises:
        BastionNotReadyError: Session Manager does not reach the bastion in time.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    with (
        running_bastion(group, work.clients, say, keep=keep) as instance,
        open_session(plugin, work.clients, instance=instance, target=where, port=port) as opened,
    ):
        return _wait(opened, where)


def _wait(opened: Forward, where: Target) -> int:
    for line in where.ready(opened.port):
        say(line)
    say("Ctrl-C ends the tunnel")
    try:
        code = opened.process.wait()
    except KeyboardInterrupt:
        return 0
    say(f"error: the session has ended by itself ({_ending(code)}): the lines above say why")
    return 1


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
