"""The time of a row's last change, whoever changes it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, RowMapping, func, select, text
from sqlalchemy.orm import Session

from db.models import WishlistItem

pytestmark = pytest.mark.engines

Put = Callable[..., RowMapping]

TOUCHED = {
    "gallery_images": "last_updated_at",
    "gallery_albums": "last_updated_at",
    "gallery_flags": "last_updated_at",
    "moc_instructions": "updated_at",
    "moc_parts_lists": "updated_at",
    "wishlist_items": "updated_at",
}
"""The tables that say when a row was last changed, and in which column."""
LONG_AGO = datetime(2020, 1, 2, tzinfo=UTC)
CHANGED = {"gallery_flags": "reason"}


def now(connection: Connection) -> datetime:
    """Return the time that the database says it is."""
    return connection.execute(select(func.now())).scalar_one()


def test_each_table_with_such_a_time_has_the_trigger(connection: Connection) -> None:
    """Each column of such a name is kept, and no other trigger is there."""
    columns = connection.execute(
        text("SELECT table_name, column_name FROM information_schema.columns"
             " WHERE table_schema = 'public' AND column_name ~ 'updated_at$'")
    ).all()  # fmt: skip
    triggers = connection.execute(
        text("SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal")
    ).all()
    assert {(table, column) for table, column in columns} == set(TOUCHED.items())
    assert sorted((table, name) for table, name in triggers) == sorted(
        (table, f"touch_{column}") for table, column in TOUCHED.items()
    )


@pytest.mark.parametrize(("table", "column"), TOUCHED.items())
def test_raw_sql_that_changes_a_row_touches_it(connection: Connection, put: Put, table: str, column: str) -> None:
    """It says when, also where the statement gives a time of its own; other rows, and when it was made, stay."""
    made, other = (put(table, **{column: LONG_AGO, "created_at": LONG_AGO}) for _ in range(2))
    changed = CHANGED.get(table, "description")
    connection.execute(
        text(f"UPDATE {table} SET {changed} = 'new', {column} = '2021-01-01' WHERE id = :id"),  # noqa: S608  # ours
        {"id": made["id"]},
    )
    found = connection.execute(text(f"SELECT id, {column}, created_at FROM {table}")).all()  # noqa: S608  # likewise
    assert {(id_, at, created) for id_, at, created in found if id_ in (made["id"], other["id"])} == {
        (made["id"], now(connection), LONG_AGO),
        (other["id"], LONG_AGO, LONG_AGO),
    }


@pytest.mark.parametrize(("table", "column"), TOUCHED.items())
def test_every_update_touches(connection: Connection, put: Put, table: str, column: str) -> None:
    """Also one that writes what is there already: whoever writes has confirmed it."""
    made = put(table, **{column: LONG_AGO})
    connection.execute(text(f"UPDATE {table} SET id = id WHERE id = :id"), {"id": made["id"]})  # noqa: S608  # ours
    found = connection.execute(text(f"SELECT {column} FROM {table} WHERE id = :id"), {"id": made["id"]})  # noqa: S608
    assert found.scalar_one() == now(connection)


def test_what_deleting_changes_is_touched(connection: Connection, put: Put) -> None:
    """An image that loses its album by the database's own doing has changed."""
    album = put("gallery_albums")["id"]
    image = put("gallery_images", album_id=album, last_updated_at=LONG_AGO)["id"]
    connection.execute(text("DELETE FROM gallery_albums WHERE id = :id"), {"id": album})
    found = connection.execute(text("SELECT last_updated_at FROM gallery_images WHERE id = :id"), {"id": image})
    assert found.scalar_one() == now(connection)


def test_a_model_has_the_time_that_the_trigger_gave(session: Session, connection: Connection) -> None:
    """What was changed through the models knows its new time without asking again."""
    item = WishlistItem(user_id="ada", title="Castle", sort_order=1, updated_at=LONG_AGO)
    session.add(item)
    session.flush()
    item.title = "Old castle"
    session.flush()
    assert item.updated_at == now(connection)
