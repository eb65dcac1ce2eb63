"""`bootstrap`: an account and region, made ready for all stages in it."""

import argparse

from core.sdk import aws_errors
from infra.account import make_linked_roles, put_logs_policy
from infra.cdk import Cli
from infra.preflight import services

from .alone import alone
from .screen import say
from .signing_in import signed_in


def run(options: argparse.Namespace) -> int:
    """Run the CDK's bootstrap, and make what all stages share; return the exit code.

    All of it may be run again: it brings what is there up to date.
    """
    work = signed_in(options, "bootstrap", say)
    with alone(work.root, work.config.name):
        Cli.of(work.local, say).run("bootstrap", f"aws://{work.account}/{work.config.region}")
        with aws_errors(f"bootstrap of {work.config.name}"):
            make_linked_roles(services(work.config), work.clients, say)
            put_logs_policy(work.account, work.clients)
    say(f"account {work.account} is ready in {work.config.region}: `nox -s deploy -- {work.config.name}`")
    return 0
