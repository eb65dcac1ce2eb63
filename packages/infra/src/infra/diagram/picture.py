"""The picture as SVG: places are chosen here, everything that is written in them comes from the templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from .architecture import OUTSIDE, Architecture, Subnet, Thing

_WIDTH: Final = 1270
_HEIGHT: Final = 650
_LINE: Final = 17
_STYLES: Final = {
    "text": "font:12px system-ui,sans-serif;fill:#1f2328",
    ".title": "font-weight:bold;font-size:13px",
    ".faint": "fill:#57606a",
    ".port": "fill:#0550ae;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px",
    ".vpc": "fill:#f6f8fa;stroke:#8250df",
    ".public": "fill:#dafbe1;stroke:#1a7f37",
    ".private": "fill:#ddf4ff;stroke:#0969da",
    ".thing": "fill:#fff;stroke:#57606a",
    ".line": "fill:none;stroke:#0550ae;stroke-width:1.5",
}


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[float, float]:
        """Its center."""
        return self.left + self.width / 2, self.top + self.height / 2


_VPC: Final = _Box(230, 20, 1020, 610)
_ZONES: Final = (_Box(250, 60, 485, 550), _Box(745, 60, 485, 550))
_PLACES: Final = {
    "api": _Box(10, 230, 205, 80),
    OUTSIDE: _Box(10, 375, 205, 60),
    "bucket": _Box(10, 500, 205, 80),
    "bastion": _Box(270, 100, 150, 44),
    "functions": _Box(270, 220, 150, 370),
    "proxy": _Box(520, 240, 130, 60),
    "database": _Box(770, 225, 440, 90),
    "redis": _Box(520, 360, 420, 80),
    "opensearch": _Box(520, 500, 420, 80),
}
"""Where each box is: wide enough for what the templates say in it."""


def draw(architecture: Architecture) -> str:
    """Return the picture of an architecture as an SVG document.

    Raises:
        KeyError: a connection begins or ends at something that has no place.
    """
    style = "".join(f"{kind}{{{rules}}}" for kind, rules in _STYLES.items())
    parts = [*_network(architecture), *_lines(architecture), *_things(architecture)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_WIDTH}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' aria-label="The architecture of a stage">\n<style>{style}</style>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _network(architecture: Architecture) -> Iterator[str]:
    yield _rectangle(_VPC, "vpc")
    yield _text(_VPC.left + 14, _VPC.top + 20, f"VPC {architecture.cidr}", "title")
    for subnet in architecture.subnets:
        yield from _subnet(subnet)


def _subnet(subnet: Subnet) -> Iterator[str]:
    zone = _ZONES[subnet.zone]
    height = 110
    box = (
        _Box(zone.left, zone.top, zone.width, height)
        if subnet.public
        else _Box(zone.left, zone.top + height + 8, zone.width, zone.height - height - 8)
    )
    kind = "public" if subnet.public else "private"
    yield _rectangle(box, kind)
    yield _text(box.left + 12, box.top + 18, f"zone {subnet.zone + 1}, {kind} subnet {subnet.cidr}", "faint")
    if subnet.nat_in:
        x = box.left + box.width - 12
        yield _text(x, box.top + 44, "NAT gateway", "title", "end")
        yield _text(x, box.top + 62, ", ".join(subnet.nat_in), "faint", "end")


def _things(architecture: Architecture) -> Iterator[str]:
    for name, thing in architecture.things.items():
        yield from _thing(thing, _PLACES[name])
    if any(arrow.origin == "bastion" for arrow in architecture.arrows):
        yield from _thing(Thing("bastion", "Bastion (by switch)", ()), _PLACES["bastion"])


def _thing(thing: Thing, box: _Box) -> Iterator[str]:
    yield _rectangle(box, "thing")
    yield _text(box.left + 10, box.top + 16, thing.title, "title")
    for number, detail in enumerate(thing.details, start=1):
        yield _text(box.left + 10, box.top + 16 + number * _LINE, detail, "faint")


def _lines(architecture: Architecture) -> Iterator[str]:
    yield from _line("api", "functions", "invokes")
    yield from _line("functions", "bucket", "443")
    for arrow in architecture.arrows:
        yield from _line(arrow.origin, arrow.target, str(arrow.port))


def _line(origin: str, target: str, said: str) -> Iterator[str]:
    start, end = _ends(_PLACES[origin], _PLACES[target])
    yield f'<path class="line" d="M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}"/>'
    yield f'<circle cx="{end[0]:g}" cy="{end[1]:g}" r="4" fill="#0550ae"/>'
    yield _text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 9, said, "port", "middle")


def _ends(origin: _Box, target: _Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where a line leaves one box and arrives at the other: level, where they are beside each other."""
    rightward = origin.left < target.left
    x = origin.left + (origin.width if rightward else 0)
    to_x = target.left + (0 if rightward else target.width)
    lower, higher = sorted((origin, target), key=lambda box: box.height)
    y = lower.middle[1]
    if higher.top <= y <= higher.top + higher.height:
        return (x, y), (to_x, y)
    return (x, origin.middle[1]), (to_x, target.middle[1])


def _rectangle(box: _Box, kind: str) -> str:
    return f'<rect class="{kind}" x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" rx="6"/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}" dominant-baseline="central">'
        f"{escape(text)}</text>"
    )
