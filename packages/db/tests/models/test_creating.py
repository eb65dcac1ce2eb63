"""The schema made and dropped whole, with two tables that refer to each other."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, inspect, text

from core import Postgres
from db.models import Base
from db.programs import program_engine

pytestmark = pytest.mark.engines

LEFT = """
SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
"""


@pytest.fixture
def empty(scratch: Callable[[], Postgres]) -> Engine:
    """Return an empty database of the test's own, as its owner."""
    return program_engine(scratch())


def left(engine: Engine) -> list[str]:
    """Return what of ours is in a database."""
    with engine.connect() as connection:
        return sorted(connection.execute(text(LEFT)).scalars())


def test_it_is_created_and_dropped_as_often_as_one_likes(empty: Engine) -> None:
    """Images and albums refer to each other and come and go all the same; nothing is left, no function either."""
    for _ in range(2):
        Base.metadata.create_all(empty)
        assert "function touch_updated_at" in left(empty)
        assert set(inspect(empty).get_table_names()) == set(Base.metadata.tables)
        Base.metadata.drop_all(empty)
        assert left(empty) == []
    empty.dispose()


def test_creating_it_where_it_is_changes_nothing(empty: Engine) -> None:
    """What is there stays as it is."""
    Base.metadata.create_all(empty)
    before = left(empty)
    Base.metadata.create_all(empty)
    assert left(empty) == before
    empty.dispose()


def test_a_table_is_created_again_on_its_own(empty: Engine) -> None:
    """A table of which others know nothing can be made anew, its trigger with it."""
    Base.metadata.create_all(empty)
    wishlist = Base.metadata.tables["wishlist_items"]
    before = left(empty)
    wishlist.drop(empty)
    wishlist.create(empty)
    assert left(empty) == before
    empty.dispose()
