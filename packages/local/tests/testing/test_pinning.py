"""The checker of what would pin a connection of RDS Proxy, on statements that PostgreSQL has executed and logged."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest

from core import Postgres, Resources, invocation
from core.connections import postgres
from core.connections.steps import run
from local.engines import find_pgbouncer
from local.pooling import pooled
from local.stage import Stage
from local.testing.pinning import MAX_BYTES, pins
from local.testing.statements import Statement, read, recorded

pytestmark = pytest.mark.engines

Ask = Callable[[str], object]


@pytest.fixture
def link(stage: Stage, scratch: Callable[[], Postgres]) -> Postgres:
    """Return a link to a database of the test's own, as the superuser: some statements take that."""
    return dataclasses.replace(stage.postgres(Resources.MyPostgres, "admin"), database=scratch().database)


@pytest.fixture
def connection(link: Postgres) -> Generator[postgres.Connection]:
    """Return a connection, as core makes them."""
    made = run(postgres.connect(link, invocation.until(10)))
    made.execute("CREATE TABLE notes (id int, body text)")
    made.execute("CREATE SEQUENCE numbers")
    yield made
    made.close()


PINNING = {
    "SET statement_timeout = '5s'": "SET or RESET",
    "SET SESSION statement_timeout = '5s'": "SET or RESET",
    "SET ROLE owner": "SET or RESET",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE": "SET or RESET",
    "RESET statement_timeout": "SET or RESET",
    "RESET ALL": "SET or RESET",
    "SELECT set_config('statement_timeout', '5s', false)": "set_config",
    "SELECT pg_catalog.set_config('statement_timeout', '5s', now() IS NULL)": "set_config",
    "PREPARE mine AS SELECT 1; EXECUTE mine; DEALLOCATE mine": "PREPARE",
    "PREPARE mine AS SELECT 1": "PREPARE",
    "DEALLOCATE ALL": "DEALLOCATE",
    "DISCARD ALL": "DISCARD",
    "DISCARD PLANS": "DISCARD",
    "BEGIN; DECLARE mine CURSOR FOR SELECT 1; FETCH mine; CLOSE mine; COMMIT": "DECLARE",
    "DECLARE mine CURSOR WITH HOLD FOR SELECT 1": "DECLARE",
    "CLOSE ALL": "CLOSE",
    "LISTEN channel": "LISTEN",
    "UNLISTEN *": "UNLISTEN",
    "CREATE TEMPORARY TABLE mine (id int)": "temporary",
    "CREATE TABLE pg_temp.mine (id int)": "temporary",
    "CREATE TEMP TABLE mine AS SELECT 1": "temporary",
    "SELECT 1 AS id INTO TEMP mine": "temporary",
    "CREATE TEMP VIEW mine AS SELECT 1": "temporary",
    "CREATE TEMP SEQUENCE mine": "temporary",
    "SELECT pg_advisory_lock(1)": "lock",
    "SELECT pg_advisory_lock_shared(1, 2)": "lock",
    "WITH taken AS (SELECT pg_try_advisory_lock(1) AS it) SELECT it FROM taken": "lock",
    "SELECT pg_catalog.pg_try_advisory_lock_shared(1)": "lock",
    "SELECT pg_advisory_unlock_all()": "lock",
    "INSERT INTO notes SELECT nextval('numbers')": "sequence",
    "SELECT setval('numbers', 5)": "sequence",
    "SELECT nextval('numbers'); SELECT currval('numbers'); SELECT lastval()": "sequence",
    "LOAD 'auto_explain'": "library",
    f"SELECT '{'x' * MAX_BYTES}'": "16 KB",
    "SELECT 'ç" + "ç" * (MAX_BYTES // 2) + "'": "16 KB",
    "SELECT 1; SELECT 2; SET statement_timeout = '5s'": "SET or RESET",
    "SELECT 1,\n\t2; -- a comment\n\n SET\nstatement_timeout = '5s'": "SET or RESET",
    "EXPLAIN SELECT pg_advisory_lock(1)": "lock",
}
"""Statements that pin, with a word of the reason."""

HARMLESS = (
    "SELECT 1",
    "BEGIN; SET LOCAL statement_timeout = '5s'; COMMIT",
    "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT",
    "BEGIN; SET CONSTRAINTS ALL DEFERRED; COMMIT",
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY; COMMIT",
    "BEGIN; SAVEPOINT mine; ROLLBACK TO mine; ROLLBACK",
    "SELECT set_config('statement_timeout', '5s', true)",
    "SELECT pg_advisory_xact_lock(1)",
    "SELECT pg_advisory_xact_lock_shared(1)",
    "SELECT pg_try_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(2)",
    "SHOW statement_timeout",
    "SELECT current_setting('statement_timeout')",
    "NOTIFY channel, 'LISTEN channel'",
    "INSERT INTO notes VALUES (1, 'SET statement_timeout = 5; SELECT nextval(''numbers'')')",
    "SELECT 'pg_advisory_lock(1)' AS \"SET\" -- DISCARD ALL",
    "UPDATE notes SET body = 'SET'",
    "ALTER TABLE notes ALTER body SET DEFAULT ''",
    "ALTER ROLE app SET lock_timeout = '5s'; ALTER ROLE app RESET lock_timeout",
    "CREATE UNLOGGED TABLE mine (id int)",
    "WITH temporary AS (SELECT 1 AS id) SELECT id FROM temporary",
    f"SELECT '{'x' * (MAX_BYTES - 9)}'",
)
"""Statements that do not pin, though some look as if they did."""


def test_each_statement_that_pins_is_reported_with_its_reason(
    stage: Stage, link: Postgres, connection: postgres.Connection
) -> None:
    """One for each rule, and each way of saying it, executed by the server and taken from its log."""
    for statement, reason in PINNING.items():
        with recorded(stage, link.database) as statements:
            connection.execute(statement.encode())
        found = pins(statements)
        assert found, statement
        assert any(reason in pin.reason for pin in found), (statement, found)
        assert {(pin.database, pin.user) for pin in found} == {(link.database, "admin")}
        connection.execute("DISCARD ALL")


def test_what_does_not_pin_is_not_reported(stage: Stage, link: Postgres, connection: postgres.Connection) -> None:
    """Neither what ends with its transaction, nor words in strings, names and comments."""
    with recorded(stage, link.database) as statements:
        for statement in HARMLESS:
            connection.execute(statement.encode())
    assert [statement.text for statement in statements] == list(HARMLESS)
    assert pins(statements) == []


def test_a_named_parse_is_told_from_an_unnamed_one(
    stage: Stage, link: Postgres, connection: postgres.Connection
) -> None:
    """A statement with parameters is parsed without a name, unless the driver prepares it."""
    with recorded(stage, link.database) as statements:
        connection.execute("SELECT %s::int + 1", [1])
        connection.execute("INSERT INTO notes VALUES (%s, %s)", [1, "SET x = 1"])
    assert [statement.text for statement in statements] == [
        "SELECT $1::int + 1",
        "INSERT INTO notes VALUES ($1, $2)",
    ]
    assert pins(statements) == []
    with recorded(stage, link.database) as statements:
        connection.prepare_threshold = 0
        connection.execute("SELECT %s::int + 1", [1])
        connection.execute("SELECT %s::int + 1", [2])
    assert {pin.reason for pin in pins(statements)} == {
        f"a prepared statement, by a message of the protocol: {statement.prepared}" for statement in statements
    }
    assert all(statement.prepared for statement in statements)


def test_values_are_not_recorded(stage: Stage, link: Postgres, connection: postgres.Connection) -> None:
    """What a statement is about stays out of the log."""
    log = stage.engine("postgres").definition.site.log
    with recorded(stage, link.database):
        connection.execute("INSERT INTO notes VALUES (%s, %s)", [1, "a secret of the test"])
    assert "a secret of the test" not in log.read_text()


def test_statements_that_fail_are_recorded_too(stage: Stage, link: Postgres, connection: postgres.Connection) -> None:
    """Whether the proxy pins before the server refuses, nobody knows; what the server can't read pins nothing."""
    refused = ("SET no_such_setting = 1", "SELECT nothing", "SELECT FROM WHERE")
    with recorded(stage, link.database) as statements:
        for statement in refused:
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode())
    assert [(statement.text, statement.failed) for statement in statements] == [(each, True) for each in refused]
    assert [pin.text for pin in pins(statements)] == ["SET no_such_setting = 1"]


def test_a_statement_that_can_not_be_read_is_reported() -> None:
    """What the server has executed and the checker does not understand is not passed over."""
    (pin,) = pins([Statement("SELEKT 1")])
    assert "can't be read" in pin.reason


def test_only_the_databases_that_are_named_are_recorded(
    stage: Stage, link: Postgres, scratch: Callable[[], Postgres], connection: postgres.Connection
) -> None:
    """Others use the same server at the same time."""
    other = scratch()
    with recorded(stage, link.database) as statements, recorded(stage, other.database) as others:
        connection.execute("SELECT 'mine'")
    assert ([statement.text for statement in statements], others) == (["SELECT 'mine'"], [])


def test_the_last_recorder_ends_the_logging(stage: Stage, link: Postgres, connection: postgres.Connection) -> None:
    """One that ends does not end it for the others, whatever their order; after the last, the log is as it was."""
    first, second = recorded(stage, link.database), recorded(stage, link.database)
    first.__enter__()
    statements = second.__enter__()
    first.__exit__(None, None, None)
    connection.execute("SELECT 'logged'")
    second.__exit__(None, None, None)
    assert "SELECT 'logged'" in [statement.text for statement in statements]
    with psycopg.connect(
        host=link.host,
        port=link.port,
        user=link.user,
        dbname="postgres",
        password=Path(getattr(link.auth, "path", "")).read_text(),
    ) as new:
        found = new.execute("SELECT name FROM pg_file_settings WHERE name LIKE 'log_min_duration%'").fetchall()
    assert found in ([], [("log_min_duration_statement",)])  # another worker may record


def test_a_log_is_read_whatever_is_in_a_statement() -> None:
    """Line breaks, tabs, and lines that look like the log's own are the statement's."""
    text = "SELECT 1,\n\t2\nat=1 db=x as=y LOG:  duration: 1 ms  statement: SET x = 1"
    log = (
        "at=7 db=mocs as=app LOG:  duration: 0.1 ms  statement: "
        + text.replace("\n", "\n\t")
        + "\nat=7 db=mocs as=app LOG:  duration: 0.1 ms  parse a name: SELECT 2\n"
        "at=7 db=mocs as=app LOG:  duration: 0.1 ms  bind <unnamed>/portal: SELECT 3\n"
        "at=7 db= as= LOG:  checkpoint starting: time\n"
        "at=7 db=mocs as=app LOG:  duration: 0.1 ms\n"
    )
    assert [(statement.text, statement.prepared) for statement in read(log)] == [(text, None), ("SELECT 2", "a name")]


def test_pgbouncer_does_not_pin_so_a_setting_reaches_another_client(
    stage: Stage, scratch: Callable[[], Postgres], worker: str
) -> None:
    """Why there is a checker: what would pin a proxy's connection is here seen by a stranger, without an error."""
    if find_pgbouncer() is None:
        pytest.skip("PgBouncer is not installed: `apt-get install pgbouncer`, or `brew install pgbouncer`")
    made = scratch()
    with pooled(stage, name=f"leaking-{worker}", connections=1) as pooler:
        one, other = (run(postgres.connect(pooler.through(made), invocation.until(10))) for _ in range(2))
        with recorded(stage, made.database) as statements:
            one.execute("SET search_path = 'of_one'")
            leaked = other.execute("SHOW search_path").fetchone()
        one.close()
        other.close()
    assert leaked == ("of_one",)
    assert [pin.text for pin in pins(statements)] == ["SET search_path = 'of_one'"]


def test_the_local_stage_does_without_the_parser() -> None:
    """The checker is for tests: `dev` neither imports nor needs it."""
    asked = "import sys, local.cli, local.testing.plugin, local.commands.dev; print('pglast' in sys.modules)"
    done = subprocess.run((sys.executable, "-c", asked), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
