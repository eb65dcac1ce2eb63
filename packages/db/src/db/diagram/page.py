"""A page in Markdown that holds the diagram."""

import re
from typing import Final

_BLOCK: Final = re.compile(r"(?<=^```mermaid\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


class PageError(ValueError):
    """A page has no place for the diagram, or several."""

    def __init__(self, blocks: int) -> None:
        super().__init__(f"the page has {blocks} blocks of ```mermaid, and is to have one")


def in_page(page: str, diagram: str) -> str:
    """Return a page with the diagram in place of what its block `mermaid` holds.

    Raises:
        PageError: it has not one such block.
    """
    changed, blocks = _BLOCK.subn(lambda _: diagram, page)
    if blocks != 1:
        raise PageError(blocks)
    return changed
