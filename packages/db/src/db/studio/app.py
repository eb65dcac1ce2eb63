"""The studio put together: starlette-admin, its nine views, and what stands before it."""

import logging
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import sessionmaker
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core import Postgres
from core.connections import postgres
from db.programs import program_engine

from .appearance import Theme
from .failing import Failing
from .guard import App, Guard, Headers, ScriptsWithNonce
from .pages import Home, Pages
from .tables import TABLES
from .view import TableView

_CONNECTIONS: Final = 4
"""As many requests of a browser as are served at once."""
_SECONDS: Final = 10.0
"""How long a person looks at an empty page before it says that the database does not answer."""


@contextmanager
def studio(
    link: Postgres, *, asked_by_our_name: Callable[[Headers], bool], seconds: float = _SECONDS
) -> Generator[App]:
    """Give the studio of a database, as an ASGI application; its connections are closed at the end.

    Nothing is asked of the database before a page is.

    Args:
        link: which database, as the role whose rights a person has in the studio.
        asked_by_our_name: says of a request's headers whether they name a host that is ours; others are refused.
        seconds: how long each step on the database may take: what has begun is over after that, also for a program
            that is told to end.
    """
    # What the library logs as errors are refusals that a person reads at the form; they would quote rows.
    logging.getLogger("starlette_admin").setLevel(logging.CRITICAL + 1)
    engine = program_engine(link, connections=_CONNECTIONS)
    event.listen(engine, "checkout", _replace_if_dead)
    try:
        yield Guard(_pages(engine, link, seconds), asked_by_our_name=asked_by_our_name)
    finally:
        engine.dispose()


def _pages(engine: Engine, link: Postgres, seconds: float) -> Starlette:
    views = [TableView(table) for table in TABLES]
    pages = Pages(
        sessionmaker(engine, expire_on_commit=False, autoflush=False),
        title="Studio",
        base_url="/",
        templates_dir=str(Path(__file__).parent / "templates"),
        index_view=Home(views, link.database),
        theme=Theme(),
        secret_key=secrets.token_hex(),  # signs the notes that a page shows once; nothing else
        timezone_config=None,
    )
    pages.templates.env.add_extension(ScriptsWithNonce)
    pages.middlewares.insert(0, Middleware(Failing, templates=pages.templates, seconds=seconds))
    for view in views:
        pages.add_view(view)
    app = Starlette()
    pages.mount_to(app)
    return app


def _replace_if_dead(connection: object, *_: object) -> None:
    """Open another connection instead of one that the server has ended, as it does when it is restarted."""
    if isinstance(connection, postgres.Connection) and not connection.is_quiet:
        raise DisconnectionError
