"""Nothing of ours would pin a connection of RDS Proxy: what PostgreSQL has logged, held against AWS's list."""

from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from core import Postgres
from core.connections.postgres import close_connections, connection, probe
from core.connections.steps import run
from db.engine import engine, session
from db.migrating import upgrade
from db.models import Base, GalleryImage, MocInstruction
from db.programs import program_engine
from local.stage import Stage
from local.testing.pinning import MAX_BYTES, pins
from local.testing.statements import Statement, recorded

from .conftest import invoked

pytestmark = pytest.mark.engines

ROWS = 2000
NOW = datetime.now(UTC)


@pytest.fixture
def schema(direct: Postgres) -> None:
    """Make the tables."""
    owner = program_engine(direct)
    Base.metadata.create_all(owner)
    owner.dispose()


def texts(statements: Sequence[Statement]) -> list[str]:
    """Return what was executed, but for what PgBouncer asks when somebody signs in."""
    return [statement.text for statement in statements if "pg_shadow" not in statement.text]


def test_a_new_connection_costs_no_statement_of_sqlalchemys_own(stage: Stage, link: Postgres) -> None:
    """The first session of an environment sends what its handler does in a transaction, and nothing else."""
    with recorded(stage, link.database) as statements, invoked(), session() as opened:
        opened.execute(text("SELECT 'mine'"))
    assert texts(statements) == ["BEGIN", "SELECT 'mine'", "COMMIT"]


def test_a_single_statement_without_a_transaction_is_all_that_is_sent(stage: Stage, link: Postgres) -> None:
    """Neither on a new connection nor on a kept one is there anything before or after it."""
    with recorded(stage, link.database) as statements:
        for _ in range(2):
            with invoked(), engine().connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
                opened.execute(text("SELECT 'mine'"))
    assert texts(statements) == ["SELECT 'mine'"] * 2


def test_nothing_of_cores_connection_pins(stage: Stage, link: Postgres) -> None:
    """Signing in, the health probe, single statements, parameters, transactions, and many rows at once."""
    with recorded(stage, link.database) as statements:
        for _ in range(2):
            with invoked():
                run(probe(link, monotonic() + 10))
                for number in range(10):
                    connection().execute("SELECT %s::int", [number])
                with connection().transaction(), connection().transaction():
                    connection().execute("SELECT 1")
                with connection().cursor() as cursor:
                    cursor.executemany("INSERT INTO notes VALUES (%s) ON CONFLICT DO NOTHING", [(1,), (2,), (3,)])
            close_connections()
    assert len(statements) > 30
    assert pins(statements) == []


@pytest.mark.usefixtures("schema")
def test_nothing_of_the_engine_pins(stage: Stage, link: Postgres) -> None:
    """The ORM at its work: rows by the thousand, changes, savepoints, streaming, errors, and every kind of option."""
    with recorded(stage, link.database) as statements, invoked(60):
        _write()
        _change()
        with engine().connect().execution_options(isolation_level="SERIALIZABLE", postgresql_readonly=True) as opened:
            opened.execute(text("SELECT 1"))
            opened.rollback()
            opened.execute(text("SELECT 2"))
    assert pins(statements) == []
    assert not any("SET" in each.split() for each in texts(statements) if not each.startswith("UPDATE"))
    assert max(len(each) for each in texts(statements)) > MAX_BYTES / 4  # rows are still written many at once


def _write() -> None:
    with session() as opened:
        opened.add_all(
            GalleryImage(user_id="ada", title=f"Castle {number}", image_url="images/ada/1.webp")
            for number in range(200)
        )
        # The widest table, every column given: the longest text that many rows make.
        table = MocInstruction.metadata.tables[MocInstruction.__tablename__]
        given = {"user_id": "ada", "type": "moc", "author": "Ada", "created_at": NOW, "updated_at": NOW}
        row: dict[str, object] = {**dict.fromkeys(table.columns.keys()), **given}
        rows = [{**row, "id": uuid4(), "title": f"Castle {number}"} for number in range(ROWS)]
        assert len(opened.execute(insert(table).returning(table.c.id), rows).all()) == ROWS
    with session() as opened:
        streamed = opened.scalars(select(MocInstruction).execution_options(stream_results=True, yield_per=100))
        assert sum(1 for _ in streamed) == ROWS


def _change() -> None:
    with session() as opened:
        for image in opened.scalars(select(GalleryImage).limit(100)):
            image.title = "Tower"
        opened.flush()
        opened.execute(
            update(GalleryImage), [{"id": image.id, "title": "Keep"} for image in opened.scalars(select(GalleryImage))]
        )
        with pytest.raises(IntegrityError), opened.begin_nested():
            opened.execute(text("INSERT INTO notes VALUES (1), (1)"))
        opened.execute(text("INSERT INTO notes VALUES (:id)"), [{"id": number} for number in range(100)])


def test_nothing_of_the_migrations_pins(stage: Stage, link: Postgres) -> None:
    """From an empty database to head, and once more with nothing to do."""
    with recorded(stage, link.database) as statements:
        upgrade(link)
        upgrade(link)
    assert any("CREATE TABLE" in each for each in texts(statements))
    assert pins(statements) == []
