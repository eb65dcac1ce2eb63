"""What starlette-admin leaves without types, typed once."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import routing
from starlette_admin.contrib.sqla.filters import build_filter_clause
from starlette_admin.filters import FilterGroup

from .filters import Registry

Page = TypeVar("Page", bound=Callable[[Any, Request], Awaitable[Response]])


class _Route(Protocol):
    def __call__(self, path: str, methods: list[str] | None = None, name: str | None = None) -> Callable[[Page], Page]:
        """Return what makes a method the page of an address."""
        ...


route: _Route = cast("_Route", routing.route)  # pyright: ignore[reportUnknownMemberType]


def condition(filters: FilterGroup | None, view: Any, request: Request) -> ColumnElement[bool] | None:  # noqa: ANN401  # a view of any model
    """Return the condition of a list's filters; None if there are none."""
    if filters is None:
        return None
    fields = {field.name: field for field in view.get_fields_list(request)}
    return build_filter_clause(filters, fields, Registry(), view, request)
