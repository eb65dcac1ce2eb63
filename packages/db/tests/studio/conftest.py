"""The studio on a real port, over a database with the schema at head, and a client that fills in forms."""

import asyncio
import dataclasses
import http.client
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core import Postgres, Resources
from db.migrating import upgrade
from db.models import (
    Base,
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryAlbum,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
    WishlistItem,
)
from db.programs import program_engine
from db.studio import studio
from local.databases import scratch_databases
from local.gateway import serve
from local.hosts import asked_by_our_name
from local.stage import Stage

LEAST: dict[type[Base], dict[str, object]] = {
    MocInstruction: {"type": "moc", "author": "Ada"},
    MocFile: {"file_type": "instruction", "file_url": "mocs/1.pdf"},
    MocPartsList: {},
    GalleryImage: {"image_url": "images/1.webp"},
    GalleryAlbum: {},
    GalleryFlag: {},
    MocGalleryImage: {},
    MocGalleryAlbum: {},
    WishlistItem: {"sort_order": 1},
}
"""What a row of each table says besides its title, its user and what it refers to."""
_NAMES: dict[type[Base], str] = {MocFile: "original_filename", GalleryFlag: "reason"}
_PARENTS: dict[type[Base], dict[str, type[Base]]] = {
    MocFile: {"moc_id": MocInstruction},
    MocPartsList: {"moc_id": MocInstruction},
    GalleryFlag: {"image_id": GalleryImage},
    MocGalleryImage: {"moc_id": MocInstruction, "gallery_image_id": GalleryImage},
    MocGalleryAlbum: {"moc_id": MocInstruction, "gallery_album_id": GalleryAlbum},
}
_NUMBERS = count(1)
_SECONDS = 30


class Form(HTMLParser):
    """What the inputs of a page hold, by name; of the last form of the page that posts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._posts = False
        self._select = self._area = ""
        self._option: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input."""
        given = dict(attrs)
        name = given.get("name") or ""
        match tag:
            case "form":
                self._posts = (given.get("method") or "").lower() == "post"
            case "input" if self._posts and name and given.get("type") != "checkbox":
                self._hold(name, given.get("value") or "")
            case "input" if self._posts and name and "checked" in given:
                self._hold(name, "on")
            case "select":
                self._select = name if self._posts else ""
                if initial := given.get("data-initial"):
                    self._hold(name, initial.strip('[]"'))
            case "option" if self._select and "selected" in given:
                self._option = given.get("value")
                if self._option is not None:
                    self._hold(self._select, self._option)
            case "textarea" if self._posts:
                self._area = name
                self.values.setdefault(name, [])
            case _:
                pass

    def handle_data(self, data: str) -> None:
        """Note what stands in a text area."""
        if self._area:
            self._hold(self._area, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        """Forget what has ended."""
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""

    def _hold(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


@dataclasses.dataclass(frozen=True)
class Page:
    """An answer of the studio; the headers with names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page, its entities resolved nowhere."""
        return self.body.decode()

    @property
    def form(self) -> dict[str, str]:
        """What the page's form holds, one value for a name."""
        return {name: "".join(values) for name, values in Form(self.text).values.items()}

    @property
    def rows(self) -> list[str]:
        """The ids of the rows of a list, in its order."""
        return [part.partition('"')[0] for part in self.text.split('data-sa-pk="')[1:]]


class Client:
    """Asks the studio as a browser does; each request on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Page:
        """Send exactly this."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)) as connection:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Page(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def get(self, path: str, /, **query: object) -> Page:
        """Follow a link."""
        return self.send("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path, {})

    def post(self, path: str, form: Mapping[str, object] | None = None, /, **query: object) -> Page:
        """Send a form."""
        headers = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        return self.send("POST", target, headers, urlencode(dict(form or {}), doseq=True).encode())

    def follow(self, page: Page) -> Page:
        """Go where an answer leads."""
        assert page.status == 303, page.text[:2000]
        parts = urlsplit(page.headers["location"])
        return self.get(f"{parts.path}?{parts.query}")


class Database:
    """The studio's database, as the role that owns it: what a test puts there and finds there."""

    def __init__(self, link: Postgres, engine: Engine) -> None:
        self.link = link
        self.engine = engine

    def add(self, model: type[Base], title: str = "", **values: object) -> Any:  # noqa: ANN401  # a row of any model
        """Write a row, with whatever it must refer to; return it."""
        number = next(_NUMBERS)
        given = {**LEAST[model], **self._parents(model, values), **values}
        names = model.__table__.columns.keys()
        if "user_id" in names:
            given.setdefault("user_id", f"user {number}")
        name = _NAMES.get(model, "title")
        if name in names:
            given.setdefault(name, title or f"row {number}")
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            row = model(**given)
            session.add(row)
        return row

    def get(self, model: type[Base], row: object) -> Any:  # noqa: ANN401  # likewise
        """Return the row of an id; None if it is gone."""
        with Session(self.engine) as session:
            return session.get(model, row if isinstance(row, UUID) else UUID(str(row)))

    def all(self, model: type[Base], **values: object) -> list[Any]:
        """Return the rows that hold some values."""
        with Session(self.engine) as session:
            return list(session.scalars(select(model).filter_by(**values)))

    def _parents(self, model: type[Base], values: Mapping[str, object]) -> dict[str, object]:
        wanted: Iterable[tuple[str, type[Base]]] = _PARENTS.get(model, {}).items()
        return {column: self.add(parent).id for column, parent in wanted if column not in values}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take where the picture of the docs is to be written."""
    parser.addoption("--picture", metavar="FILE", help="write the studio's picture for the docs there")


@contextmanager
def open_database(stage: Stage) -> Generator[Database]:
    """Lend a database with the schema at head."""
    with scratch_databases(stage) as (link,):
        upgrade(link)
        engine = program_engine(link)
        try:
            yield Database(link, engine)
        finally:
            engine.dispose()


@contextmanager
def open_studio(stage: Stage, database: Database, port: int = 0, *, seconds: float = 10.0) -> Generator[Client]:
    """Serve the studio of a database as the stage does, in a thread; `seconds` is how long it waits for PostgreSQL."""
    app = dataclasses.replace(stage.postgres(Resources.MyPostgres), database=database.link.database)
    started: list[int] = []
    up = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def run() -> None:
        with studio(app, asked_by_our_name=asked_by_our_name, seconds=seconds) as application:
            async with serve(application, port) as listening:
                started.append(listening)
                up.set()
                await ended.wait()

    def work() -> None:
        try:
            loop.run_until_complete(run())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            up.set()
            loop.close()

    thread = threading.Thread(target=work, name="studio")
    thread.start()
    up.wait()
    assert started, "the studio did not start"
    try:
        yield Client(started[0])
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


@pytest.fixture(scope="package")
def rows(stage: Stage) -> Generator[Database]:
    """Return the database of the studio."""
    with open_database(stage) as database:
        yield database


@pytest.fixture(scope="package")
def client(stage: Stage, rows: Database) -> Generator[Client]:
    """Return what asks the studio."""
    with open_studio(stage, rows) as client:
        yield client
