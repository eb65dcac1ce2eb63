"""Sample data in the database: the same each time, and never at the cost of what a person has done."""

import json
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import itemgetter
from time import monotonic

import pytest
from sqlalchemy import Connection, select, text

from core import Postgres
from db.migrating import Stop, StoppedError
from db.models import Base
from db.programs import program_engine
from db.seed import Rows, RowsRefusedError, SchemaMissingError, Seeded, rows_of, seed

pytestmark = pytest.mark.engines

Schema = Callable[[], Postgres]
TABLES = tuple(Base.metadata.tables)
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE NOT granted AND datname = current_database()
"""


@contextmanager
def working(link: Postgres) -> Generator[Connection]:
    """Return a connection on which a test does what a person would, committed at the end."""
    engine = program_engine(link)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def contents(link: Postgres) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with working(link) as connection:
        return {
            name: sorted(connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars())  # noqa: S608  # ours
            for name in TABLES
        }


def as_made(users: int) -> dict[str, list[dict[str, object]]]:
    """Return the rows of so many users as they are to be read, by table, in the order of their ids."""
    made: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for number in range(users):
        for name, rows in rows_of(number).items():
            made[name] += ({**row, "tags": json.loads(str(row["tags"]))} if row.get("tags") else row for row in rows)
    return {name: sorted(rows, key=itemgetter("id")) for name, rows in made.items()}


def expected(users: int) -> dict[str, int]:
    """Return how many rows so many users have, by table."""
    return {name: sum(len(rows_of(number)[name]) for number in range(users)) for name in TABLES}


def inserted(seeded: Seeded) -> dict[str, int]:
    """Return how many rows are new, by table."""
    return {name: rows.inserted for name, rows in seeded.tables.items()}


def test_it_writes_the_rows_of_each_user(schema: Schema) -> None:
    """What is in the database is what was made, to the last column, and what was counted."""
    link = schema()
    seeded = seed(link, 5)
    assert seeded.tables == {name: Rows(count, 0, 0) for name, count in expected(5).items()}
    assert seeded.inserted == sum(expected(5).values())
    with working(link) as connection:
        for name, rows in as_made(5).items():
            table = Base.metadata.tables[name]
            found = connection.execute(select(table).order_by(table.c.id)).mappings()
            assert [dict(row) for row in found] == rows


def test_a_second_run_adds_nothing(schema: Schema) -> None:
    """Not a row, and not a change to one."""
    link = schema()
    seed(link, 5)
    before = contents(link)
    assert seed(link, 5).tables == {name: Rows(0, count, 0) for name, count in expected(5).items()}
    assert contents(link) == before


def test_a_larger_number_adds_the_other_users(schema: Schema) -> None:
    """Two runs leave what one with the larger number does; a smaller number takes nothing away."""
    grown, whole = schema(), schema()
    seed(grown, 3)
    more = seed(grown, 7)
    seed(whole, 7)
    seed(whole, 2)
    assert inserted(more) == {name: count - expected(3)[name] for name, count in expected(7).items()}
    assert contents(grown) == contents(whole)


def test_users_beyond_one_batch_are_as_those_of_one(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many are held in memory at a time makes no difference; what is said says how far it is."""
    by_three, at_once = schema(), schema()
    seed(at_once, 7)
    monkeypatch.setattr("db.seed.seeding._BATCH", 3)
    said: list[str] = []
    seed(by_three, 7, say=said.append)
    assert said == [f"{number} of 7 users copied" for number in (3, 6, 7)]
    assert contents(by_three) == contents(at_once)


def test_it_says_ten_times_at_most_how_far_it_is(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many users there are."""
    monkeypatch.setattr("db.seed.seeding._BATCH", 1)
    said: list[str] = []
    seed(schema(), 25, say=said.append)
    assert len(said) == 10
    assert said[-1] == "25 of 25 users copied"


def test_no_users_are_no_rows(schema: Schema) -> None:
    """It is no error to want nothing."""
    assert seed(schema(), 0).inserted == 0


def test_what_a_person_has_edited_stays(schema: Schema) -> None:
    """A changed row is there already; a deleted one comes back; rows of a person's own are none of its business."""
    link = schema()
    seed(link, 3)
    moc, image = rows_of(1)["moc_instructions"][0]["id"], rows_of(2)["gallery_images"][0]["id"]
    with working(link) as connection:
        connection.execute(text("UPDATE moc_instructions SET title = 'Mine' WHERE id = :id"), {"id": moc})
        connection.execute(text("DELETE FROM gallery_images WHERE id = :id"), {"id": image})
        connection.execute(text("INSERT INTO gallery_albums (user_id, title) VALUES ('ada', 'Mine')"))
    before = contents(link)
    seeded = seed(link, 3)
    assert all(set(rows) <= set(contents(link)[name]) for name, rows in before.items())
    assert seeded.tables["gallery_images"] == Rows(1, expected(3)["gallery_images"] - 1, 0)
    assert seeded.tables["moc_instructions"].inserted == 0


def test_a_row_of_a_persons_own_stands_in_the_way_of_one_and_what_hangs_on_it(schema: Schema) -> None:
    """Where a title is taken, that MOC and its files, lists and links are left out; all else is written."""
    link = schema()
    rows = rows_of(1)
    taken = rows["moc_instructions"][0]
    own = "INSERT INTO moc_instructions (user_id, title, type, author) VALUES (:user_id, :title, 'moc', 'Ada')"
    with working(link) as connection:
        connection.execute(text(own), {"user_id": taken["user_id"], "title": taken["title"]})
    seeded = seed(link, 3)
    hanging = {name: [row for row in rows[name] if row.get("moc_id") == taken["id"]] for name in TABLES}
    hanging["moc_instructions"] = [taken]
    assert {name: of.left_out for name, of in seeded.tables.items()} == {n: len(of) for n, of in hanging.items()}
    assert sum(map(len, hanging.values())) > 3
    assert {name: of.inserted + of.left_out for name, of in seeded.tables.items()} == expected(3)


def test_a_list_is_written_without_the_file_in_whose_place_is_another(schema: Schema) -> None:
    """A reference that may be absent is given up before the row is."""
    link = schema()
    seed(link, 3)
    files = {row["id"]: row for number in range(3) for row in rows_of(number)["moc_files"] if row["original_filename"]}
    lists = (row for number in range(3) for row in rows_of(number)["moc_parts_lists"])
    parts = next(row for row in lists if row["file_id"] in files)
    file = files[parts["file_id"]]
    own = (
        "INSERT INTO moc_files (moc_id, file_type, file_url, original_filename)"
        " VALUES (:moc_id, :file_type, :file_url, :original_filename)"
    )
    with working(link) as connection:
        connection.execute(text("DELETE FROM moc_files WHERE id = :id"), {"id": file["id"]})
        connection.execute(text("DELETE FROM moc_parts_lists WHERE id = :id"), {"id": parts["id"]})
        connection.execute(text(own), file)
    seeded = seed(link, 3)
    assert (seeded.tables["moc_files"].left_out, seeded.tables["moc_parts_lists"].inserted) == (1, 1)
    with working(link) as connection:
        found = connection.execute(text("SELECT file_id FROM moc_parts_lists WHERE id = :id"), {"id": parts["id"]})
        assert found.scalar_one() is None


def test_all_is_written_or_nothing(schema: Schema) -> None:
    """An error at the last table leaves the first one empty."""
    link = schema()
    with working(link) as connection:
        connection.execute(text("ALTER TABLE wishlist_items ADD CHECK (sort_order < 2)"))
    with pytest.raises(RowsRefusedError) as caught:
        seed(link, 3)
    assert caught.value.table == "wishlist_items"
    assert all(rows == [] for rows in contents(link).values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ADD COLUMN rating integer NOT NULL", 'null value in column "rating" of relation "wishlist_items"'),
        ("DROP COLUMN category CASCADE", 'column "category" of relation "wishlist_items" does not exist'),
        ("ALTER sort_order TYPE uuid USING NULL", "table wishlist_items is not what it is made for"),
    ],
)
def test_a_table_that_it_does_not_know_is_named_in_a_line(schema: Schema, change: str, said: str) -> None:
    """No value of a row is in it; it says what to do, and nothing was written."""
    link = schema()
    with working(link) as connection:
        connection.execute(text(f"ALTER TABLE wishlist_items {change}"))
    with pytest.raises(RowsRefusedError, match="no sample data was written") as caught:
        seed(link, 1)
    told = str(caught.value)
    assert said in told
    assert "nox -s push" in told
    assert "staged" not in told
    assert "Failing row" not in told
    assert not any(str(row["title"]) in told for row in rows_of(0)["wishlist_items"])
    assert "\n" not in told
    assert all(rows == [] for rows in contents(link).values())


@pytest.mark.parametrize("change", ["integer NOT NULL DEFAULT 7", "integer DEFAULT 7", "integer"])
def test_a_column_that_it_does_not_know_gets_its_default(schema: Schema, change: str) -> None:
    """A migrated column with a default, or that may be empty, needs no sample data."""
    link = schema()
    with working(link) as connection:
        for name in TABLES:
            connection.execute(text(f"ALTER TABLE {name} ADD COLUMN rating {change}"))
    assert inserted(seed(link, 3)) == expected(3)
    with working(link) as connection:
        for name in TABLES:
            found = connection.execute(text(f"SELECT DISTINCT rating FROM {name}")).scalars()  # noqa: S608  # ours
            assert list(found) == [7 if "DEFAULT" in change else None]


def test_two_at_once_write_each_row_once(schema: Schema) -> None:
    """Whichever is first, the other finds it done."""
    link = schema()
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(seed, link, users) for users in (20, 30)]
    assert sum(one.result().inserted for one in both) == sum(expected(30).values())
    assert {name: len(rows) for name, rows in contents(link).items()} == expected(30)


def test_nothing_of_it_is_left_but_the_rows(schema: Schema) -> None:
    """The temporary tables go, and the planner knows the tables."""
    link = schema()
    seed(link, 3)
    with working(link) as connection:
        assert connection.execute(text("SELECT count(*) FROM pg_class WHERE relname ~ 'staged'")).scalar_one() == 0
        known = connection.execute(text("SELECT reltuples FROM pg_class WHERE relname = 'moc_files'")).scalar_one()
        assert known == expected(3)["moc_files"]


def test_where_the_schema_is_missing_it_says_what_to_do(scratch: Callable[[], Postgres]) -> None:
    """An empty database is named, and the command that brings the schema."""
    link = scratch()
    with pytest.raises(SchemaMissingError, match=rf"{link.database}.*nox -s migrate"):
        seed(link, 1)


@pytest.mark.parametrize("line", ["3 of 6 users copied", "6 of 6 users copied"])
def test_it_is_stopped_between_users(schema: Schema, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """One who has had enough of it waits for no more than a batch, and nothing is written."""
    link, stop = schema(), Stop()
    monkeypatch.setattr("db.seed.seeding._BATCH", 3)
    with ThreadPoolExecutor() as threads:

        def say(said: str) -> None:
            if said == line:
                threads.submit(stop.set)
                until = monotonic() + 30
                while not stop.is_set:
                    assert monotonic() < until

        with pytest.raises(StoppedError, match="with no sample data written"):
            seed(link, 6, say=say, stop=stop)
    assert all(rows == [] for rows in contents(link).values())


def test_it_is_stopped_while_it_waits(schema: Schema) -> None:
    """A statement under way is cancelled: here one that waits for a person's own transaction."""
    link, stop = schema(), Stop()
    with ThreadPoolExecutor() as threads:
        with working(link) as connection:
            connection.execute(text("LOCK TABLE wishlist_items IN EXCLUSIVE MODE"))
            seeding = threads.submit(seed, link, 2, stop=stop)
            until = monotonic() + 30
            while not connection.execute(text(WAITING)).scalar_one():
                assert monotonic() < until, "it waits for nothing"
            stop.set()
            with pytest.raises(StoppedError):
                seeding.result(30)
        assert all(rows == [] for rows in contents(link).values())
