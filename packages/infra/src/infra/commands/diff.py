"""`diff`: what deploying a stage would change."""

import argparse

from infra.cdk import Cli

from .alone import alone
from .assembling import assemble, build_bundles
from .screen import say
from .signing_in import signed_in


def run(options: argparse.Namespace) -> int:
    """Compare the templates of a stage with what is deployed; return the exit code, 0 also where they differ."""
    work = signed_in(options, "diff", say)
    with alone(work.root, work.config.name):
        assembly = assemble(work.config, build_bundles(work.root, say), work.root, say)
        Cli.of(work.local, say, assembly=assembly).run("diff")
    return 0
