"""The schema in a database of its own, and a connection for each test whose work is undone."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, RowMapping, Table, insert
from sqlalchemy.orm import Session

from core import Postgres
from db.migrating import upgrade
from db.models import Base
from db.programs import program_engine
from local.databases import scratch_databases
from local.stage import Stage

# The least that a row of each table says; what it must refer to is made with it.
LEAST: dict[str, dict[str, object]] = {
    "gallery_images": {"user_id": "ada", "title": "Castle", "image_url": "images/ada/1.webp"},
    "gallery_albums": {"user_id": "ada", "title": "Castles"},
    "gallery_flags": {"user_id": "ada"},
    "moc_instructions": {"user_id": "ada", "type": "moc", "author": "Ada"},
    "moc_files": {"file_type": "instruction", "file_url": "mocs/ada/1/1.pdf"},
    "moc_gallery_images": {},
    "moc_gallery_albums": {},
    "moc_parts_lists": {"title": "Parts"},
    "wishlist_items": {"user_id": "ada", "title": "Castle", "sort_order": 1},
}


@contextmanager
def _schema(stage: Stage) -> Generator[Postgres]:
    """Lend a database at head, as the role that owns it."""
    with scratch_databases(stage) as (link,):
        upgrade(link)
        yield link


@pytest.fixture(scope="session")
def schema(stage: Stage) -> Generator[Postgres]:
    """Return the link to a database with the schema and no rows, as the owner; tests undo what they do in it."""
    with _schema(stage) as link:
        yield link


@pytest.fixture(scope="module")
def own_schema(stage: Stage) -> Generator[Postgres]:
    """Return the link to a database with the schema that this module alone fills, as the owner."""
    with _schema(stage) as link:
        yield link


@pytest.fixture(scope="session")
def engine(schema: Postgres) -> Generator[Engine]:
    """Return the engine of the schema's database, as its owner."""
    engine = program_engine(schema)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Generator[Connection]:
    """Return a connection in a transaction that is rolled back when the test is over."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Generator[Session]:
    """Return a session on the test's connection; what it commits is rolled back with the rest."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def put(connection: Connection) -> Callable[..., RowMapping]:
    """Return what inserts a row, `put("moc_files", mime_type="text/csv")`, and returns it as the database has it.

    What is not given is the least that makes it a row: a title of its own, a new MOC to belong to.
    """
    numbers = count(1)

    def put(name: str, /, **values: object) -> RowMapping:
        table = Base.metadata.tables[name]
        if name == "moc_instructions":
            values = {"title": f"Castle {next(numbers)}", **values}
        row = {**_parents(table, values, put), **LEAST[name], **values}
        return connection.execute(insert(table).values(row).returning(*table.columns)).mappings().one()

    return put


def _parents(table: Table, values: dict[str, object], put: Callable[..., RowMapping]) -> dict[str, Any]:
    missing = [key for key in table.foreign_keys if not key.parent.nullable and key.parent.name not in values]
    return {key.parent.name: put(key.column.table.name)["id"] for key in missing}
