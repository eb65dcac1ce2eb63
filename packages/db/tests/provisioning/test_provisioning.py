"""Provisioning an instance as RDS makes it, by a master who is no superuser."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, cast

import psycopg
import pytest

from core.connections.sign_in import password
from db.migrating import MIGRATIONS, RevisionFailedError, downgrade, upgrade
from db.migrating.standing import heads_in
from db.provisioning import (
    ApplicationRoleError,
    Engines,
    FunctionRole,
    OtherBranchError,
    StepFailedError,
    deployment,
    migration,
    run_steps,
)
from db.provisioning.application_role import KEY
from local.stage import Stage
from local.testing.pinning import pins
from local.testing.statements import recorded

from .conftest import SHORT

if TYPE_CHECKING:
    from .conftest import Instance, State
    from .rds_proxy import RdsProxy

pytestmark = pytest.mark.engines

HEALTH = FunctionRole(name="health", role_arn="arn:aws:iam::000000000000:role/health")
REVISION = '''\
"""One more.

Revision {revision}, after {after}; generated on 2026-11-22.
"""

from alembic import op

revision = {revision!r}
down_revision = {after!r}


def upgrade() -> None:
    op.execute({statement!r})


def downgrade() -> None:
    op.execute("DROP TABLE {revision}")
'''
PROVISION = """
import sys
from core import OpenSearch, Postgres, Redis
from db.provisioning import Engines, FunctionRole, deployment, run_steps
kinds = {"postgres": Postgres, "redis": Redis, "opensearch": OpenSearch}
links = {name: kind.decode(name, text) for (name, kind), text in zip(kinds.items(), sys.argv[1:])}
role = FunctionRole(name="health", role_arn="arn:aws:iam::000000000000:role/health")
run_steps(deployment(Engines(**links), [role], say=print), print)
"""

StateOf = Callable[[], "State"]


def deploy(engines: Engines, migrations: Path = MIGRATIONS, say: Callable[[str], object] = print) -> dict[str, str]:
    """Run every step of a deployment."""
    return run_steps(deployment(engines, [HEALTH], say=say, patience=SHORT, migrations=migrations), say)


def add(folder: Path, revision: str, after: str, statement: str | None = None) -> None:
    """Add a revision to a folder of migrations, which makes a table of its name unless it is told otherwise."""
    made = statement or f"CREATE TABLE {revision} (id int PRIMARY KEY)"
    text = REVISION.format(revision=revision, after=after, statement=made)
    (folder / "versions" / f"{revision}_test.py").write_text(text)


def head() -> str:
    """Return the revision that these migrations lead to."""
    (newest,) = heads_in(MIGRATIONS)
    return newest


def test_the_application_uses_rows_and_nothing_else(engines: Engines, instance: "Instance") -> None:
    """After a first deployment the role is there, with its limits, reads and writes rows, and makes nothing."""
    deploy(engines)
    app = instance.as_app()
    where = {"host": app.host, "port": app.port, "user": app.user, "dbname": app.database, "password": password(app)}
    with closing(psycopg.connect(**where, autocommit=True)) as connection:  # pyright: ignore[reportArgumentType]  # psycopg's own keywords
        assert connection.execute("SELECT count(*) FROM gallery_images").fetchone() == (0,)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",)
        assert connection.execute("SHOW client_connection_check_interval").fetchone() == ("1s",)
        for statement in (b"CREATE TABLE own ()", b"CREATE TEMPORARY TABLE own ()", b"TABLE alembic_version"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_rds_proxy_is_not_shut_out_and_everyone_else_is(engines: Engines, instance: "Instance") -> None:
    """RDS Proxy's own role connects, though PUBLIC no longer may."""
    deploy(engines)
    may = "SELECT has_database_privilege('{}', 'mocs', 'CONNECT')"
    assert instance.run(may.format("rdsproxyadmin")) == [(True,)]
    assert instance.run(may.format("rds_superuser")) == [(False,)]


def test_a_second_run_changes_nothing(engines: Engines, state_of: StateOf) -> None:
    """Whatever an update deploys, what is there stays as it is."""
    deploy(engines)
    before = state_of()
    done = deploy(engines)
    assert "nothing to apply" in done["migrations"]
    assert state_of() == before


def test_what_was_taken_away_comes_back(engines: Engines, instance: "Instance", state_of: StateOf) -> None:
    """A run repairs what someone has changed by hand."""
    deploy(engines)
    before = state_of()
    instance.run(
        "ALTER ROLE app NOLOGIN CREATEDB",
        "ALTER ROLE app RESET ALL",
        "ALTER ROLE master RESET ALL",
        "REVOKE CONNECT ON DATABASE mocs FROM app, rdsproxyadmin",
        "GRANT ALL ON DATABASE mocs TO PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM app",
        "GRANT SELECT ON alembic_version TO app",
        database="mocs",
    )
    assert state_of() != before
    deploy(engines)
    assert state_of() == before


def test_stopped_after_any_step_a_rerun_ends_the_same(
    engines: Engines, instance: "Instance", state_of: StateOf
) -> None:
    """A function that is killed between two steps has done no harm."""
    deploy(engines)
    whole = state_of()
    steps = deployment(engines, [HEALTH], say=print, patience=SHORT)
    for stopped in range(1, len(steps) + 1):
        instance.renew()
        run_steps(steps[:stopped], print)
        run_steps(steps, print)
        assert state_of() == whole, steps[stopped - 1].name


def test_four_at_once_end_as_one(engines: Engines, instance: "Instance", state_of: StateOf) -> None:
    """A deployment and a rollback that overlap, or a person's call beside them, do not fail each other."""
    deploy(engines)
    one = state_of()
    instance.renew()
    links = [link.encode() for link in (engines.postgres, engines.redis, engines.opensearch)]
    command = [sys.executable, "-c", PROVISION, *links]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(4)]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    assert sum("nothing to apply" in each for each in said) == 3
    assert state_of() == one


def test_runs_take_turns_at_the_role(engines: Engines, instance: "Instance") -> None:
    """Two that make or grant the same at once would fail each other's."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'mocs' AND wait_event = 'advisory'"
    with closing(instance.connect("mocs")) as other, ThreadPoolExecutor() as threads:
        other.execute("BEGIN")
        other.execute(f"SELECT pg_advisory_xact_lock({KEY})".encode())
        running = threads.submit(deploy, engines)
        until = monotonic() + 60
        while instance.run(waiting) == [(0,)]:
            assert monotonic() < until
        assert instance.run("SELECT count(*) FROM pg_roles WHERE rolname = 'app'") == [(0,)]
        other.execute("COMMIT")
        assert running.result()["application role"] == "role app is made"


def test_a_change_of_the_role_under_way_is_no_failure(engines: Engines, instance: "Instance") -> None:
    """Someone else who changes the role, without the lock that runs take turns by, makes a run try again."""
    deploy(engines)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'mocs' AND wait_event = 'transactionid'"

    def commit(other: psycopg.Connection) -> None:
        until = monotonic() + 60
        while instance.run(waiting) == [(0,)]:
            assert monotonic() < until
        other.execute("COMMIT")  # who waited is told that the row has changed, as an error

    with closing(instance.connect()) as other, ThreadPoolExecutor() as threads:
        other.execute("BEGIN")
        other.execute("ALTER ROLE app SET statement_timeout = '7s'")
        committed = threads.submit(commit, other)
        deploy(engines)
        committed.result()
    settings = "SELECT setconfig::text LIKE '%statement_timeout=30s%' FROM pg_db_role_setting"
    assert instance.run(f"{settings} WHERE setrole = 'app'::regrole") == [(True,)]


def test_a_database_that_is_ahead_is_accepted(engines: Engines, folder: Path, state_of: StateOf) -> None:
    """The previous release's provisioning, run by a rollback, leaves the newer schema and says so."""
    deploy(engines)
    add(folder, "next", head())
    deploy(engines, folder)
    newer = state_of()
    done = deploy(engines)
    assert "ahead of this code, at next, which comes after" in done["migrations"]
    assert state_of() == newer


def test_a_database_that_someone_else_brought_ahead_is_accepted(engines: Engines, folder: Path) -> None:
    """Where nothing tells how a database came to its revision, a rollback must not fail for it."""
    deploy(engines)
    add(folder, "next", head())
    upgrade(engines.postgres, folder=folder)
    assert "of which nothing is noted" in deploy(engines)["migrations"]


def test_a_database_of_another_branch_is_refused(engines: Engines, folder: Path, tmp_path: Path) -> None:
    """Two branches deployed in turn to one stage: the second one's code could not work on the first one's schema."""
    other = shutil.copytree(folder, tmp_path / "other")
    newest = head()
    add(folder, "mine", newest)
    add(other, "theirs", newest)
    deploy(engines, other)
    with pytest.raises(StepFailedError, match="at revision theirs, which this code does not have") as raised:
        deploy(engines, folder)
    assert isinstance(raised.value.__cause__, OtherBranchError)
    downgrade(engines.postgres, "-1", folder=other)
    assert "applied mine" in deploy(engines, folder)["migrations"]


def test_a_broken_revision_ends_the_deployment_with_its_reason(
    engines: Engines, folder: Path, instance: "Instance"
) -> None:
    """What comes before it is done, it is undone, and the search roles are not reached."""
    newest = head()
    add(folder, "broken", newest, "ALTER TABLE gallery_images ADD title int")
    said: list[str] = []
    with pytest.raises(
        StepFailedError, match=r'(?s)migrations: revision broken .*column "title" .* already exists'
    ) as raised:
        deploy(engines, folder, said.append)
    assert isinstance(raised.value.__cause__, RevisionFailedError)
    assert instance.run("SELECT version_num FROM alembic_version", database="mocs") == [(newest,)]
    assert not [line for line in said if line.startswith("search roles")]


def test_each_step_is_told_before_and_after(engines: Engines) -> None:
    """The log of a deployment that hangs or fails says where."""
    said: list[str] = []
    done = deploy(engines, say=said.append)
    assert list(done) == ["engines", "application role", "migrations", "search roles"]
    for step, did in done.items():
        assert said.index(f"{step}: begins") < next(
            i for i, line in enumerate(said) if line.startswith(f"{step}: {did}")
        )


def test_nothing_would_pin_a_connection_of_rds_proxy(engines: Engines, instance: "Instance") -> None:
    """Provisioning goes through RDS Proxy, as the functions do."""
    with recorded(cast("Stage", instance), "mocs") as statements:
        deploy(engines)
    assert any("CREATE ROLE app" in statement.text for statement in statements)
    assert pins(statements) == []


def test_a_missing_role_that_nobody_here_may_make_is_told(engines: Engines, instance: "Instance") -> None:
    """Run as an owner who may make no roles, where the application's is missing."""
    instance.run("ALTER ROLE master NOCREATEROLE")
    with pytest.raises(StepFailedError, match="there is no role 'app', and 'master' may not make it") as raised:
        deploy(engines)
    assert isinstance(raised.value.__cause__, ApplicationRoleError)


def test_an_owner_who_may_make_no_roles_uses_the_one_that_is_there(engines: Engines, instance: "Instance") -> None:
    """As on a laptop, where the engine is given its roles when it is made."""
    instance.run("CREATE ROLE app LOGIN", "ALTER ROLE master NOCREATEROLE")
    assert deploy(engines)["application role"] == "role app is there, and not this function's to change"
    assert instance.run("SELECT has_table_privilege('app', 'gallery_images', 'INSERT')", database="mocs") == [(True,)]


def test_by_iam_the_application_signs_in_by_iam_and_the_master_keeps_its_password(
    rds_proxy: "RdsProxy", engines: Engines, instance: "Instance"
) -> None:
    """Over TLS with tokens alone; a membership of the master, however indirect, would make its secret void."""
    done = deploy(replace(engines, postgres=rds_proxy.link))
    assert done["application role"] == "role app is made"
    members = "SELECT rolname FROM pg_roles WHERE NOT rolsuper AND pg_has_role(oid, 'rds_iam', 'MEMBER')"
    assert sorted(instance.run(members)) == [("app",), ("rds_iam",)]
    assert deploy(replace(engines, postgres=rds_proxy.link))["application role"] == "role app is as it is to be"
    assert rds_proxy.tokens > 2


def test_without_iam_the_application_is_not_made_to_use_it(engines: Engines, instance: "Instance") -> None:
    """Its password would be void."""
    deploy(engines)
    assert instance.run("SELECT pg_has_role('app', 'rds_iam', 'MEMBER')") == [(False,)]


def test_iam_that_is_not_switched_on_is_told(rds_proxy: "RdsProxy", engines: Engines, instance: "Instance") -> None:
    """The role whose members sign in by IAM is there only then."""
    instance.run("DROP ROLE rds_iam")
    with pytest.raises(StepFailedError, match="IAM authentication is not switched on"):
        deploy(replace(engines, postgres=rds_proxy.link))


def test_by_hand_the_database_alone_is_migrated(engines: Engines, state_of: StateOf) -> None:
    """`nox -s migrate -- STAGE` leaves the same database as a deployment."""
    deploy(engines)
    deployed = state_of()
    steps = migration(engines.postgres, say=print, patience=SHORT)
    done = run_steps(steps, print)
    assert list(done) == ["database", "application role", "migrations"]
    assert state_of() == deployed
