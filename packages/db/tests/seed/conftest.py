"""A database of each test's own, with the schema and no rows."""

from collections.abc import Callable

import pytest

from core import Postgres
from db.models import Base
from db.programs import program_engine


@pytest.fixture
def schema(scratch: Callable[[], Postgres]) -> Callable[[], Postgres]:
    """Return what makes such a database, and the link to it as the owner."""

    def make() -> Postgres:
        link = scratch()
        engine = program_engine(link)
        Base.metadata.create_all(engine)
        engine.dispose()
        return link

    return make
