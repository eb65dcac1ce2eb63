"""PostgreSQL, as the stage runs it."""

import json
import socket
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.roles import database_grants
from local.engines import Engine, EngineError, PostgresRole, PostgresServer, Site, engine_account, postgres

if TYPE_CHECKING:
    from .conftest import Workshop

pytestmark = pytest.mark.engines


def server(site: Site, *databases: str, app: str = "app's own") -> PostgresServer:
    """Describe a server with a password for each role that needs quoting."""
    passwords: dict[PostgresRole, str] = {"admin": "admin's own", "owner": "owner's own", "app": app}
    return PostgresServer(site=site, passwords=passwords, databases=databases or ("mocs",))


def ask(engine: Engine, role: str, statement: str, *, password: str | None = None, database: str = "mocs") -> object:
    """Run a statement as a role; return the first value of its answer, None where it has no rows."""
    where = make_conninfo(
        host="127.0.0.1",
        port=engine.port,
        user=role,
        password=f"{role}'s own" if password is None else password,
        dbname=database,
        connect_timeout=5,
    )
    with closing(psycopg.connect(where, autocommit=True)) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture(scope="module")
def shared(shared_workshop: "Workshop") -> Engine:
    """Return a server that tests use which only look at it or make tables of their own."""
    return shared_workshop.start(server(shared_workshop.site("postgres")))


def test_owner_makes_the_schema_and_app_uses_it(shared: Engine) -> None:
    """The owner creates tables; the application may do what it was granted, and no more."""
    ask(shared, "owner", "CREATE TABLE mocs (name text)")
    ask(shared, "owner", "GRANT SELECT, INSERT ON mocs TO app")
    ask(shared, "app", "INSERT INTO mocs VALUES ('Çatal')")
    assert ask(shared, "app", "SELECT lower(name) FROM mocs") == "çatal"
    for refused in ("CREATE TABLE others ()", "DROP TABLE mocs", "DELETE FROM mocs"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(shared, "app", refused)
    assert ask(shared, "app", "SHOW server_version") == "15.15"
    assert ask(shared, "app", "SHOW server_encoding") == "UTF8"


def test_nobody_gets_in_without_the_password(shared: Engine) -> None:
    """Every role, the superuser too, signs in with SCRAM and its own password, and only on loopback's TCP port."""
    for role in ("admin", "owner", "app"):
        for wrong in ("", "wrong", "app's"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                ask(shared, role, "SELECT 1", password=wrong)
        assert ask(shared, role, "SELECT 1") == 1
    rules = "SELECT string_agg(DISTINCT type || ' ' || auth_method, ', ') FROM pg_hba_file_rules"
    assert ask(shared, "admin", rules) == "host scram-sha-256"
    assert ask(shared, "admin", "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin")
    assert ask(shared, "admin", "SHOW listen_addresses") == "127.0.0.1"
    assert ask(shared, "admin", "SHOW unix_socket_directories") == ""


def test_extensions_that_are_trusted_are_there_for_the_owner(shared: Engine) -> None:
    """The owner can install pg_trgm, which fuzzy search needs, as on RDS."""
    ask(shared, "owner", "CREATE EXTENSION pg_trgm")
    assert ask(shared, "app", "SELECT similarity('brick', 'bricks') > 0.5")


def test_data_outlives_a_stop_and_a_crash(workshop: "Workshop") -> None:
    """What was written is there after the engine was stopped, and what was checkpointed after it was killed."""
    engine = workshop.start(server(workshop.site("postgres")))
    ask(engine, "owner", "CREATE TABLE kept AS SELECT 'a' AS value")
    engine.stop()
    engine.start()
    ask(engine, "owner", "INSERT INTO kept VALUES ('b')")
    ask(engine, "admin", "CHECKPOINT")
    engine.kill()
    engine.start()
    assert ask(engine, "owner", "SELECT string_agg(value, '' ORDER BY value) FROM kept") == "ab"


def test_a_stale_pid_file_does_not_keep_it_from_starting(workshop: "Workshop") -> None:
    """A pid that another process has got since the crash is not taken for a running server."""
    engine = workshop.start(server(workshop.site("postgres")))
    engine.kill()
    stale = workshop.site("postgres").folder / "data" / "postmaster.pid"
    lines = stale.read_text().splitlines()
    account = engine_account()
    user = None if account is None else account.uid
    with subprocess.Popen(("/bin/cat",), stdin=subprocess.PIPE, user=user) as other:
        stale.write_text("\n".join([str(other.pid), *lines[1:]]))
        engine.start()
        assert ask(engine, "app", "SELECT 1") == 1
        other.communicate()


def test_kept_data_follows_a_changed_password_and_a_new_database(workshop: "Workshop") -> None:
    """After the secrets were made anew, or a link was added, the kept data is used with them."""
    place = workshop.site("postgres")
    first = workshop.start(server(place))
    ask(first, "owner", "CREATE TABLE kept ()")
    first.stop()
    second = workshop.start(server(place, "mocs", "more", app="new"))
    assert ask(second, "app", "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'", password="new") == 1
    assert ask(second, "app", "SELECT current_database()", password="new", database="more") == "more"
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(second, "app", "SELECT 1")


def test_kept_data_follows_changed_settings_and_rights(workshop: "Workshop", monkeypatch: pytest.MonkeyPatch) -> None:
    """What a former version of this program granted, and what it did not set, is as of now after the next start."""

    def granted(database: str) -> list[str]:
        return [f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO app"]

    def unset(_role: str) -> list[str]:
        return []

    with monkeypatch.context() as former:
        former.setattr(postgres, "database_grants", granted)
        former.setattr(postgres, "role_settings", unset)
        first = workshop.start(server(workshop.site("postgres")))
    ask(first, "app", "CREATE TEMPORARY TABLE own ()")
    assert ask(first, "owner", "SHOW client_connection_check_interval") == "0"
    first.stop()
    second = workshop.start(server(workshop.site("postgres")))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(second, "app", "CREATE TEMPORARY TABLE own ()")
    assert ask(second, "owner", "SHOW client_connection_check_interval") == "1s"


def test_a_role_is_limited_as_far_as_its_work_goes(shared: Engine) -> None:
    """A statement ends with its client, whoever's; only the application's end by themselves."""
    limits = "SELECT string_agg(current_setting(name), ' ' ORDER BY name) FROM pg_settings WHERE name IN"
    names = "('client_connection_check_interval', 'idle_in_transaction_session_timeout', 'statement_timeout')"
    assert ask(shared, "app", f"{limits} {names}") == "1s 1min 30s"
    assert ask(shared, "owner", f"{limits} {names}") == "1s 0 0"


def test_the_proxys_own_role_is_let_in_where_it_is_named(shared: Engine) -> None:
    """Nobody but the application and who is named may connect, and neither may do more."""
    ask(shared, "admin", "CREATE ROLE rdsproxyadmin")
    ask(shared, "admin", "CREATE ROLE somebody")
    may = "SELECT has_database_privilege('{}', 'mocs', '{}')"
    assert not ask(shared, "owner", may.format("rdsproxyadmin", "CONNECT"))
    for statement in database_grants("mocs", others=["rdsproxyadmin"]):
        ask(shared, "owner", statement)
    for role, connects in {"app": True, "rdsproxyadmin": True, "somebody": False}.items():
        assert ask(shared, "owner", may.format(role, "CONNECT")) is connects
        assert not ask(shared, "owner", may.format(role, "TEMPORARY"))
        assert not ask(shared, "owner", may.format(role, "CREATE"))


def test_data_of_another_version_is_refused_with_what_to_do(workshop: "Workshop") -> None:
    """Data that another major version wrote is neither touched nor thrown away."""
    place = workshop.site("postgres")
    workshop.start(server(place)).stop()
    (place.folder / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EngineError, match=r"15 can't read the data in .*version 14 wrote.*reset"):
        workshop.start(server(place))
    assert json.loads((place.folder / "provided.json").read_text())["databases"] == ["mocs"]


def test_a_port_that_was_taken_after_it_had_been_chosen_is_named(workshop: "Workshop") -> None:
    """The error says which port someone else has, and nothing is started beside them."""
    place = workshop.site("postgres")
    with socket.create_server(("127.0.0.1", place.port)), pytest.raises(EngineError, match=f"127.0.0.1:{place.port}"):
        workshop.start(server(place))


def test_a_start_that_fails_ends_with_its_log(workshop: "Workshop") -> None:
    """Where the data is damaged, the error shows what the server said of it."""
    place = workshop.site("postgres")
    workshop.start(server(place)).stop()
    (place.folder / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EngineError, match="pg_control"):
        workshop.start(server(place))
