"""Models that a test may change, and migrations that it may add to."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import MetaData, event

from core import Postgres
from db.comparing import Catalog, build, read
from db.migrating import MIGRATIONS
from db.models import Base
from db.programs import program_engine


def copied_models() -> MetaData:
    """Return a copy of the models, with what they call for when tables are created and dropped."""
    copy = MetaData(naming_convention=Base.metadata.naming_convention)
    pairs = [(Base.metadata, copy), *((table, table.to_metadata(copy)) for table in Base.metadata.tables.values())]
    for original, own in pairs:
        for name in ("before_create", "after_create", "after_drop"):
            for listener in getattr(original.dispatch, name):
                event.listen(own, name, listener)
    return copy


def schema_of(link: Postgres, metadata: MetaData | None = None) -> Catalog:
    """Return the schema of a database; with models, of an empty one that they are put into."""
    engine = program_engine(link)
    try:
        with engine.begin() as connection:
            if metadata is not None:
                build(connection, metadata)
            return read(connection)
    finally:
        engine.dispose()


@pytest.fixture
def models() -> MetaData:
    """Return a copy of the models that the test may change."""
    return copied_models()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the migrations that the test may add to."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def schema() -> Callable[..., Catalog]:
    """Return what reads the schema of a database, into which models may be put before."""
    return schema_of
