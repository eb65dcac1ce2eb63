"""Draws the architecture of the stages that `nox -s synth` has written, into a file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.assemblies import STAGES, NoAssemblyError, read

from .architecture import architecture
from .picture import draw


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.diagram", description=__doc__)
    parser.add_argument("file", type=Path, help="the SVG file: docs/images/architecture.svg")
    parser.add_argument("--assemblies", type=Path, default=Path("cdk.out"), help="where the stages are: cdk.out")
    options = parser.parse_args(arguments)
    try:
        stages = {stage: read(options.assemblies, stage) for stage in STAGES}
    except NoAssemblyError as error:
        parser.error(str(error))
    options.file.write_text(draw(architecture(stages)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
