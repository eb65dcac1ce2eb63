"""What a person sees when the database can't be had or has another schema, or when something in the studio breaks.

A form that was on its way comes back inside the page: sending it again loses nothing. `request.state.typed` is what
was in it.
"""

import logging
from typing import Final

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp

from core import invocation
from core.errors import CoreError

from .guard import SAFE

UNREACHABLE: Final = (CoreError, OperationalError, InterfaceError, NoConnectionError)
NO_SCHEMA: Final = (
    "The tables are not in the database, or are not those of these sources: `nox -s migrate` brings them up to date"
)
"""What a page says when the schema is not the one that the studio asks for."""
_OTHER_SCHEMA: Final = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)

logger = logging.getLogger(__name__)


class Failing(BaseHTTPMiddleware):
    """Turns what goes wrong into a page, also that the database takes too long."""

    def __init__(self, app: ASGIApp, templates: Jinja2Templates, *, seconds: float) -> None:
        """Put it before an application.

        Args:
            app: the application.
            templates: the studio's.
            seconds: how long each step on the database may take.
        """
        super().__init__(app)
        self._templates, self._seconds = templates, seconds

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Answer a request."""
        if request.method not in SAFE:
            await request.body()  # so that it can be read again
            form = await request.form()
            request.state.typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        try:
            # Tasks and threads take the bound along: it holds wherever a page asks something.
            with invocation.bounded(self._seconds):
                return await call_next(request)
        except UNREACHABLE as error:
            logger.warning("the studio can't reach the database: %s", _first_line(error))
            return await self._page(request, 503, "The database does not answer")
        except (DataError, DBAPIError) as error:
            if isinstance(error.orig, _OTHER_SCHEMA):
                logger.warning("the database has not the studio's schema: %s", _first_line(error))
                return await self._page(request, 503, NO_SCHEMA)
            logger.warning("the database refuses what the studio asks: %s", _first_line(error))
            return await self._page(request, 400, "The database can't make sense of this address")
        except Exception:
            logger.exception("the studio can't answer %s %s", request.method, request.url.path)
            return await self._page(request, 500, "The studio has failed; its log says how")

    async def _page(self, request: Request, status: int, what: str) -> Response:
        return self._templates.TemplateResponse(request, "failing.html", {"what": what}, status_code=status)


def _first_line(error: Exception) -> str:
    """Return what an error says first: what follows are statements, and details of rows."""
    return str(error).partition("\n")[0]
