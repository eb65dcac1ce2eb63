"""The pages of one table: what they load, and how a form becomes a row."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

import anyio.to_thread
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import RequestAction
from starlette_admin.actions import ActionSelection, action, link_row_action
from starlette_admin.contrib.sqla import ModelView
from starlette_admin.exceptions import FormValidationError
from starlette_admin.filters import FilterGroup

from .columns import fields_of, label
from .fields import Picker, as_id, as_moment
from .filters import Registry
from .library import condition
from .queries import Queries
from .refusals import FORM, in_words, is_refusal
from .related import related
from .tables import Table

T = TypeVar("T")

_AT_ONCE: Final = 100
"""Rows that can be deleted at once: their ids go into an address."""


class TableView(ModelView):
    """The pages of one table."""

    page_size = 25
    page_size_options: Sequence[int] = (10, 25, 50, 100)
    show_goto_page = True
    importers = ()
    exporters = ()
    actions = ("delete",)
    action_select_all_limit = _AT_ONCE

    def __init__(self, table: Table) -> None:
        """Show a table."""
        self.table = table
        self.fields = fields_of(table)
        self.searchable_fields = [field.name for field in self.fields]
        self.sortable_fields = [field.name for field in self.fields if field.type != "Tags"]
        self._queries = Queries(table)
        made = "created_at" in inspect(table.model).columns
        self.fields_default_sort = [("created_at", True)] if made else ["id"]
        super().__init__(
            table.model,
            icon=table.icon,
            display_name=table.one,
            menu_label=table.many[0].upper() + table.many[1:],
            key=table.key,
        )

    def can_export(self, request: Request) -> bool:
        """Offer no files: PostgreSQL's COPY does that better."""
        del request
        return False

    can_import = can_export

    def get_filter_registry(self) -> Registry:
        """Return what the lists can be filtered by."""
        return Registry()

    async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
        """Return how many rows there are; for a picker, no more than it can use."""
        conditions = self._conditions(request, q, filters)
        counted = self._queries.count_offered(conditions) if _picks(request) else self._queries.count(conditions)
        return await self.in_session(request, lambda session: session.execute(counted).scalar_one())

    async def find_all(  # noqa: PLR0913, PLR0917  # the library's
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Any]:
        """Return one page of rows."""
        conditions = self._conditions(request, q, filters)
        if _picks(request):
            page = self._queries.offered(conditions, skip, limit)
        else:
            page = self._queries.page(conditions, sorts or (), skip, limit)
        return await self.in_session(request, lambda session: session.scalars(page).all())

    def _conditions(self, request: Request, text: str | None, filters: FilterGroup | None) -> list[ColumnElement[bool]]:
        search = self._queries.search_titles if _picks(request) else self._queries.search
        asked = [search(text) if text else None, condition(filters, self, request)]
        return [one for one in asked if one is not None]

    async def find_by_pk(self, request: Request, pk: object) -> Any:  # noqa: ANN401  # a row of any model
        """Return the row of an id; None if there is none."""
        rows = await self.find_by_pks(request, [pk])
        if not rows:
            return None
        row = rows[0]
        request.state.facts = _facts(row)
        if request.state.action is RequestAction.DETAIL:
            request.state.related = await self.in_session(request, lambda session: related(session, self.table, row.id))
        return row

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
        """Return the rows of some ids, those that are there."""
        ids = [found for pk in pks if (found := as_id(pk)) is not None]
        query = self._queries.rows_of(ids)
        return await self.in_session(request, lambda session: session.scalars(query).all())

    async def create(self, request: Request, data: dict[str, Any]) -> Any:  # noqa: ANN401  # likewise
        """Write a new row and return it.

        Raises:
            FormValidationError: the database refuses it; the reason in words.
        """
        return await self._write(request, self.model(), data)

    async def edit(self, request: Request, pk: object, data: dict[str, Any]) -> Any:  # noqa: ANN401  # likewise
        """Change a row and return it.

        Raises:
            FormValidationError: the database refuses it, or it is gone; the reason in words.
        """
        row = await self.find_by_pk(request, pk)
        if row is None:
            raise FormValidationError({FORM: f"This {self.table.one} has been deleted meanwhile."})
        return await self._write(request, row, data)

    async def _write(self, request: Request, row: object, data: dict[str, Any]) -> object:
        def write(session: Session) -> object:
            for field in self.get_fields_list(request):
                value = data[field.name]
                setattr(row, *((field.column, as_id(value)) if isinstance(field, Picker) else (field.name, value)))
            session.add(row)
            session.flush()
            return getattr(row, "id")  # noqa: B009  # every model has one

        try:
            written = await self.in_session(request, write)
        except StaleDataError as error:
            raise FormValidationError({FORM: f"This {self.table.one} has been deleted meanwhile."}) from error
        except DBAPIError as error:
            if isinstance(error, IntegrityError) or is_refusal(error):
                raise FormValidationError(dict(in_words(error, self.table))) from error
            raise
        return await self.find_by_pk(request, written)

    async def in_session(self, request: Request, work: Callable[[Session], T]) -> T:
        """Do something in the request's transaction, in a thread: the event loop waits for no database."""
        return await anyio.to_thread.run_sync(work, cast("Session", request.state.session))

    async def repr(self, obj: object, request: Request) -> str:
        """Return what a row is called."""
        del request
        return self.table.title(obj)

    async def select2_result(self, obj: object, request: Request) -> str:
        """Return a row as a picker offers it."""
        title, hint = await self.repr(obj, request), self.table.hint(obj)
        return Markup('<span>{} <small class="text-secondary">{}</small></span>').format(escape(title), escape(hint))

    async def select2_selection(self, obj: object, request: Request) -> str:
        """Return a row as a picker shows it once it is chosen."""
        return Markup("<span>{}</span>").format(await self.repr(obj, request))

    def deleting(self, request: Request, ids: Sequence[object]) -> str:
        """Return the address of the page that says what deleting rows does, and does it."""
        url = request.url_for(f"{request.app.state.ROUTE_NAME}:delete", key=self.key)
        here = str(request.url) if request.state.action is RequestAction.LIST else ""
        origin = request.query_params.get("_origin") or here
        return f"{url}?{urlencode([*(('pk', str(row)) for row in ids), ('_origin', origin)])}"

    @link_row_action(
        name="delete", text="Delete", icon_class="default_actions.delete", action_btn_class="action.row_item_delete"
    )
    def row_action_3_delete(self, request: Request, pk: object) -> str:
        """Lead to the page that deletes a row: the library's own deletes it after a mere question."""
        return self.deleting(request, [pk])

    @action(name="delete", text="Delete", custom_response=True)
    async def delete_action(self, request: Request, selection: ActionSelection) -> Response:
        """Lead to the page that deletes the selected rows."""
        return RedirectResponse(self.deleting(request, await selection.pks()), status_code=303)


def _picks(request: Request) -> bool:
    return request.state.action is RequestAction.RELATION_LOOKUP


def _facts(row: object) -> list[tuple[str, str]]:
    """Return what the database has made of a row: the form shows it, and does not change it."""
    names = [name for name in ("id", "created_at", "updated_at", "last_updated_at") if hasattr(row, name)]
    values = {name: getattr(row, name) for name in names}
    return [(label(name), str(value) if name == "id" else as_moment(value)) for name, value in values.items()]
