"""The diagram drawn as SVG, for pages that are read where nothing draws Mermaid.

Drawn here and not by Mermaid itself: that is a script of 3 MB to keep or to load from elsewhere, or a browser to have
where the pages are built. Boxes in columns, whose places are given, are all that it takes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from sqlalchemy import MetaData

from .entities import Attribute, Entity, Reference, entities, references

PLACES: Final = (
    ("gallery_flags", "gallery_images", "gallery_albums"),
    ("moc_gallery_images", "moc_gallery_albums", "wishlist_items"),
    ("moc_instructions",),
    ("moc_files", "moc_parts_lists"),
)
"""The tables of each column, from above: what refers to each other is in one column or in neighboring ones."""

_ROW: Final = 20
_WIDTH: Final = 330
_GAP: Final = 170
"""Between columns: wide enough for what a line says."""
_ABOVE: Final = 40
"""Between boxes of one column."""
_MARGIN: Final = 20
_ASIDE: Final = 150
"""Beside the outer columns, for lines from box to box in them."""
_ID: Final = "entity-diagram"
_STYLES: Final = {
    "text": "font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328",
    ".name": "font-weight:bold",
    ".faint": "fill:#57606a",
    ".does": "fill:#57606a;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px",
    ".box": "fill:#fff;stroke:#8c959f",
    ".head": "fill:#ddf4ff;stroke:#8c959f",
    ".line": "fill:none;stroke:#57606a",
    ".end": "fill:#fff;stroke:#57606a",
}
"""The style of each class, for this picture alone: the page that it is in has a style of its own."""


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a table is drawn.

    Attributes:
        column: which column it is in, from the left.
        left: its left edge.
        top: its upper edge.
        rows: the middle of each row, by the name of the table's column.
    """

    column: int
    left: float
    top: float
    rows: Mapping[str, float]

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + _ROW * (len(self.rows) + 1)

    def edge(self, toward: int) -> float:
        """Return its left edge, toward -1, or its right one, toward 1."""
        return self.left + (_WIDTH if toward > 0 else 0)


def entity_picture(schema: MetaData) -> str:
    """Return the diagram of a schema as an SVG element.

    Raises:
        KeyError: a table has no place.
    """
    tables = {entity.name: entity for entity in entities(schema)}
    boxes = dict(_boxes(tables))
    lines = [part for reference in references(schema) for part in _line(reference, boxes)]
    drawn = [part for name, entity in tables.items() for part in _table(entity, boxes[name])]
    width = 2 * _ASIDE + len(PLACES) * (_WIDTH + _GAP) - _GAP
    height = max(box.bottom for box in boxes.values()) + _MARGIN
    style = "".join(f"#{_ID} {kind}{{{rules}}}" for kind, rules in _STYLES.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{_ID}" role="img" width="{width}"'
        f' viewBox="0 0 {width} {height:g}" aria-label="The tables, their columns, and what refers to what">'
        f"<style>{style}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join([*lines, *drawn])}</svg>'
    )


def _boxes(tables: Mapping[str, Entity]) -> Iterator[tuple[str, _Box]]:
    for column, names in enumerate(PLACES):
        top = float(_MARGIN)
        for name in names:
            rows = {each.name: top + _ROW * (row + 1.5) for row, each in enumerate(tables[name].attributes)}
            box = _Box(column, _ASIDE + column * (_WIDTH + _GAP), top, rows)
            top = box.bottom + _ABOVE
            yield name, box


def _table(entity: Entity, box: _Box) -> Iterator[str]:
    yield f'<rect class="box" x="{box.left}" y="{box.top}" width="{_WIDTH}" height="{box.bottom - box.top}"/>'
    yield f'<rect class="head" x="{box.left}" y="{box.top}" width="{_WIDTH}" height="{_ROW}"/>'
    yield _text(box.left + 8, box.top + _ROW / 2, entity.name, "name")
    for attribute in entity.attributes:
        yield from _row(attribute, box.left, box.rows[attribute.name])


def _row(attribute: Attribute, left: float, y: float) -> Iterator[str]:
    type_ = f"{attribute.type}{attribute.size}{' null' if attribute.null else ''}"
    yield _text(left + 8, y, attribute.name)
    yield _text(left + _WIDTH - 8, y, " ".join((*attribute.marks, type_)), "faint", anchor="end", hint=attribute.unique)


def _line(reference: Reference, boxes: Mapping[str, _Box]) -> Iterator[str]:
    """Draw a reference from the column that it is in to the table that it leads to."""
    child, parent = boxes[reference.table], boxes[reference.to]
    if child.column == parent.column:
        leaves = arrives = -1 if child.column == 0 else 1
        bend = 100
    else:
        leaves = 1 if child.column < parent.column else -1
        arrives, bend = -leaves, _GAP * 0.6
    x, y = child.edge(leaves), child.rows[reference.column]
    # What may lead to no row arrives under what has to lead to one.
    to_x, to_y = parent.edge(arrives), parent.top + _ROW * (1.5 if reference.null else 0.5)
    yield _path("line", f"M{x} {y}C{x + leaves * bend:g} {y} {to_x + arrives * bend:g} {to_y} {to_x} {to_y}")
    yield from _many(x, y, leaves)
    yield from _one(to_x, to_y, arrives, null=reference.null)
    does = f"on delete {reference.on_delete}"
    yield _text(x + leaves * 22, y - 8, does, "does", anchor="start" if leaves > 0 else "end")


def _many(x: float, y: float, toward: int) -> Iterator[str]:
    """Draw a crow's foot and a circle: any number of rows, or none."""
    tip = x + toward * 12
    yield _path("line", f"M{x} {y - 6}L{tip} {y}L{x} {y + 6}")
    yield f'<circle class="end" cx="{tip + toward * 4}" cy="{y}" r="4"/>'


def _one(x: float, y: float, toward: int, *, null: bool) -> Iterator[str]:
    """Draw one bar for one row, and before it another for exactly one or a circle for none."""
    yield _path("line", f"M{x + toward * 6} {y - 6}v12")
    if null:
        yield f'<circle class="end" cx="{x + toward * 14}" cy="{y}" r="4"/>'
    else:
        yield _path("line", f"M{x + toward * 11} {y - 6}v12")


def _path(kind: str, path: str) -> str:
    return f'<path class="{kind}" d="{path}"/>'


def _text(  # noqa: PLR0913  # where, what and how
    x: float, y: float, text: str, kind: str = "", *, anchor: str = "start", hint: Iterable[str] = ()
) -> str:
    title = "".join(f"<title>unique {escape(each)}</title>" for each in [" and ".join(hint)] if each)
    return (
        f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}" dominant-baseline="central">'
        f"{title}{escape(text)}</text>"
    )
