"""A database at head, and models that are ahead of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Column, Integer, MetaData

from core import Postgres
from db.migrating import upgrade


@pytest.fixture
def models(models: MetaData) -> MetaData:
    """Return a copy of the models with changes that lose nothing."""
    models.tables["moc_files"].append_column(Column("size", Integer, index=True, unique=True))
    return models


@pytest.fixture
def migrated(scratch: Callable[[], Postgres]) -> Postgres:
    """Return a database at head."""
    link = scratch()
    upgrade(link)
    return link
