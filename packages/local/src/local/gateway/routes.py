"""Which function answers a request: the most specific route wins.

The rules are those of the API Gateway developer guide, "Routing API requests": a full match comes before a match with
a greedy path variable. Between two full matches the one decides whose first differing segment is literal.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.manifest import Function

_LITERAL, _VARIABLE, _GREEDY = range(3)


@dataclass(frozen=True, slots=True)
class Match:
    """The route that a request takes.

    Attributes:
        function: the name of the function that answers.
        route_key: the route as API Gateway names it: `GET /mocs/{id}`.
        parameters: the values of the path's variables.
    """

    function: str
    route_key: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    function: str
    method: str
    path: str
    segments: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, ...]:
        return tuple(_kind(segment) for segment in self.segments)

    def parameters(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """Return the values of the variables if the path matches."""
        values: dict[str, str] = {}
        for position, segment in enumerate(self.segments):
            rest = path[position:]
            if _kind(segment) == _GREEDY:
                # `/` alone matches `/{proxy+}`, as in AWS's own Lambda test tool.
                return {**values, segment[1:-2]: "/".join(rest)} if rest else None
            if not rest or (_kind(segment) == _LITERAL and rest[0] != segment):
                return None
            if _kind(segment) == _VARIABLE:
                if not rest[0]:
                    return None
                values[segment[1:-1]] = rest[0]
        return values if len(path) == len(self.segments) else None


class Routes:
    """The routes of a manifest."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Read the routes of the functions."""
        entries = [
            _Entry(function.name, route.method, route.path, _segments(route.path))
            for function in functions
            for route in function.routes
        ]
        self._entries = sorted(entries, key=lambda entry: entry.rank)

    def match(self, method: str, path: str) -> Match | None:
        """Return the route of a request; None where there is none.

        Args:
            method: the HTTP method; `HEAD` and `OPTIONS` are methods like any other, which no other route answers.
            path: the path, decoded.
        """
        segments = _segments(path)
        for entry in self._entries:
            if entry.method == method and (parameters := entry.parameters(segments)) is not None:
                return Match(entry.function, f"{entry.method} {entry.path}", parameters)
        return None


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.removeprefix("/").split("/"))


def _kind(segment: str) -> int:
    if segment.startswith("{") and segment.endswith("}"):
        return _GREEDY if segment.endswith("+}") else _VARIABLE
    return _LITERAL
