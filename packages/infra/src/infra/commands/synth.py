"""`synth`: the templates of a stage, without AWS."""

import argparse

from infra.stage import StageConfig

from .alone import alone
from .assembling import assemble, build_bundles
from .given import given
from .screen import say


def run(options: argparse.Namespace) -> int:
    """Write the cloud assembly of a stage to `cdk.out/STAGE`; return the exit code."""
    settings = given(options, "synth")
    with alone(options.root, settings.stage):
        assemble(StageConfig.of(settings), build_bundles(options.root, say), options.root, say)
    return 0
