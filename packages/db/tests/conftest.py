"""Models that a test may change, migrations that it may add to, and the schemas that they make."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import MetaData, event

from core import Postgres
from db.comparing import Catalog, build, looking_at, read
from db.migrating import MIGRATIONS
from db.models import Base


@pytest.fixture
def models() -> MetaData:
    """Return a copy of the models that the test may change, with what they call for as tables come and go."""
    copy = MetaData(naming_convention=Base.metadata.naming_convention)
    pairs = [(Base.metadata, copy), *((table, table.to_metadata(copy)) for table in Base.metadata.tables.values())]
    for original, own in pairs:
        for name in ("before_create", "after_create", "after_drop"):
            for listener in getattr(original.dispatch, name):
                event.listen(own, name, listener)
    return copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the migrations that the test may add to."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def schema_of() -> Callable[..., Catalog]:
    """Return what reads the schema of a database; with models, of an empty one that they are put into."""

    def read_schema(link: Postgres, metadata: MetaData | None = None) -> Catalog:
        with looking_at(link) as connection:
            if metadata is not None:
                build(connection, metadata)
            return read(connection)

    return read_schema


@pytest.fixture
def run() -> Callable[..., None]:
    """Return what runs statements on a database."""

    def execute(link: Postgres, *statements: str) -> None:
        with looking_at(link) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    return execute
