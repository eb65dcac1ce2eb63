"""Prints the diagram in Mermaid, or puts it into the pages that are named."""

import sys
from collections.abc import Sequence
from pathlib import Path

from db.models import Base

from .mermaid import entity_diagram
from .page import in_page


def main(arguments: Sequence[str]) -> int:
    """Print the diagram, or bring the pages up to date whose paths are given; return 0."""
    diagram = entity_diagram(Base.metadata)
    if not arguments:
        sys.stdout.write(diagram)
    for path in map(Path, arguments):
        path.write_text(in_page(path.read_text("utf-8"), diagram), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
