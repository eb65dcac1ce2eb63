"""The bills of several stages as a table of a page in Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from infra.errors import InfraError

from .bill import Item, total

_TABLE: Final = re.compile(
    r"(?<=^<!-- costs: made by `python -m infra.costs` -->\n).*?(?=^<!-- end of costs -->$)", re.DOTALL | re.MULTILINE
)


class PageError(InfraError):
    """A page has no place for the costs, or several."""

    def __init__(self, places: int) -> None:
        super().__init__(f"the page has {places} places for the costs, and is to have one")


def in_page(page: str, costs: str) -> str:
    """Return a page with the table in its place.

    Raises:
        PageError: it has not one place for it.
    """
    changed, places = _TABLE.subn(lambda _: costs, page)
    if places != 1:
        raise PageError(places)
    return changed


def table(bills: Mapping[str, Sequence[Item]]) -> str:
    """Return bills side by side, in dollars a month: a row for each service, and the sum."""
    return "\n".join(["", *_rows(bills), ""]) + "\n"


def _rows(bills: Mapping[str, Sequence[Item]]) -> Iterator[str]:
    yield f"| service | {' | '.join(bills)} |"
    yield "|---|" + "---:|" * len(bills)
    for service in sorted({item.service for bill in bills.values() for item in bill}):
        sums = (total([item for item in bill if item.service == service]) for bill in bills.values())
        yield f"| {service} | {' | '.join(f'{dollars:.2f}' for dollars in sums)} |"
    yield f"| **together** | {' | '.join(f'**{total(bill):.2f}**' for bill in bills.values())} |"
