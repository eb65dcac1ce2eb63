"""A stage's stacks with nothing in them: what the CDK's command line must know of them to delete them."""

from pathlib import Path
from typing import Final

from aws_cdk import App, Stack

from core.names import Part, stack_name

from .stacks.properties import stack_properties
from .stage import StageConfig

_PARTS: Final[tuple[Part, ...]] = ("foundation", "application")


def write_bare(config: StageConfig, out: Path) -> None:
    """Write a cloud assembly of a stage's stacks, by their names, without a resource.

    It takes no bundle, and so removes a stage whose functions can't be built.

    Args:
        config: the stage.
        out: the folder, which is not there yet.
    """
    app = App(outdir=str(out), analytics_reporting=False)
    for part in _PARTS:
        Stack(app, stack_name(config.name, part), **stack_properties(config, part, "to be removed"))
    app.synth()
