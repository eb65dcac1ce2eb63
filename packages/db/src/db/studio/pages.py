"""The pages that are not starlette-admin's own: the first one, and the one that deletes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import RequestAction
from starlette_admin.contrib.sqla import Admin
from starlette_admin.flash import flash
from starlette_admin.helpers import safe_redirect_url
from starlette_admin.views import CustomView

from .deleting import effects, remove
from .library import route
from .view import TableView


class Home(CustomView):
    """The first page: the tables and how many rows they have."""

    def __init__(self, views: Sequence[TableView], database: str) -> None:
        """Show some tables of a database, at the studio's root and not in its menu."""
        self._tables, self._database = views, database
        super().__init__(menu_label="Tables", path="/", route_name="index", add_to_menu=False)

    @route("")
    async def index(self, request: Request) -> Response:
        """Show the page."""
        request.state.action = RequestAction.LIST
        counted = [(view, await view.count(request)) for view in self._tables]
        if self.templates is None:
            raise TypeError("the page belongs to no admin")
        shown: dict[str, Any] = {"counted": counted, "database": self._database, "title": "Studio"}
        return self.templates.TemplateResponse(request, "home.html", shown)


class Pages(Admin):
    """starlette-admin with a page that says what deleting does before it does it."""

    def _init_csrf(self) -> None:
        """Leave the library's tokens out: the guard asks the browser, and no form gets too old to be sent."""

    @route("/{key}/delete", methods=["GET", "POST"], name="delete")
    async def delete(self, request: Request) -> Response:
        """Say what deleting rows does; with POST, do it."""
        view = self._view(request)
        request.state.action = RequestAction.DETAIL
        rows = await view.find_by_pks(request, request.query_params.getlist("pk"))
        if not rows:
            raise HTTPException(404, f"There is no such {view.table.one} any more.")
        ids = [row.id for row in rows]
        titles = [await view.repr(row, request) for row in rows]
        if request.method == "POST":
            return await self._delete(request, view, ids, titles)
        found = await view.in_session(request, lambda session: effects(session, view.table, ids))
        shown: dict[str, Any] = {"view": view, "title": "Delete", "titles": titles, "effects": found}
        return self.templates.TemplateResponse(request, "delete.html", shown)

    async def _delete(self, request: Request, view: TableView, ids: list[UUID], titles: Sequence[str]) -> Response:
        count = await view.in_session(request, lambda session: remove(session, view.table, ids))
        what = f"“{titles[0]}” is deleted." if len(titles) == 1 else f"{count} {view.table.many} are deleted."
        flash(request, what, "success")
        list_page = str(request.url_for(f"{self.route_name}:list", key=view.key))
        return RedirectResponse(
            safe_redirect_url(request.query_params.get("_origin") or list_page, request, list_page), status_code=303
        )

    def _view(self, request: Request) -> TableView:
        view = self._find_view_by_key(request.path_params["key"])
        if not isinstance(view, TableView):
            raise HTTPException(404)
        return view
