"""Puts the monthly costs of the stages that `nox -s synth` has written into a page."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.assemblies import STAGES, NoAssemblyError, read

from .bill import monthly
from .page import PageError, in_page, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the page up to date that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.costs", description=__doc__)
    parser.add_argument("page", type=Path, help="the page: docs/costs.md")
    parser.add_argument("--assemblies", type=Path, default=Path("cdk.out"), help="where the stages are: cdk.out")
    options = parser.parse_args(arguments)
    try:
        stages = {stage: read(options.assemblies, stage) for stage in STAGES}
        bills = {stage: monthly((stacks.foundation, stacks.application)) for stage, stacks in stages.items()}
        options.page.write_text(in_page(options.page.read_text("utf-8"), table(bills)), "utf-8")
    except (NoAssemblyError, PageError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
