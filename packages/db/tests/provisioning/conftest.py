"""A PostgreSQL as RDS has it, an RDS Proxy before it, and what provisioning has left in it."""

import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
import trustme

from core import Anonymous, OpenSearch, PasswordFile, Postgres, Redis, Resources
from core.connections.sign_in import password
from core.manifest import Function, OpenSearchAccess, RedisAccess
from db.comparing import Catalog
from db.provisioning import Engines, Patience
from local.aws import REGION
from local.engines import Engine, Memory, PostgresRole, PostgresServer
from local.stage import Stage

from .rds_proxy import RdsProxy

SHORT = Patience(ready=3.0, sign_in=0.5, attempt=2.0, pause=0.05)
"""Patience for tests of what does not come."""
ROLES = ("app", "master", "rds_iam", "rds_superuser", "rdsproxyadmin")

# What each of these says of a database and its roles; numbers of objects differ from one database to the next.
_QUERIES = {
    "roles": "SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolsuper, rolinherit FROM pg_roles",
    "memberships": """
        SELECT r.rolname, m.rolname, admin_option FROM pg_auth_members AS a
        JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS m ON m.oid = a.member""",
    "settings": "SELECT setdatabase, setrole::regrole::text, setconfig::text FROM pg_db_role_setting",
    "databases": """
        SELECT d.datname, a::text FROM pg_database AS d, unnest(d.datacl) AS a WHERE d.datname = current_database()""",
    "schemas": "SELECT n.nspname, a::text FROM pg_namespace AS n, unnest(n.nspacl) AS a WHERE n.nspname = 'public'",
    "defaults": """
        SELECT defaclrole::regrole::text, defaclobjtype, a::text FROM pg_default_acl, unnest(defaclacl) AS a""",
    "rights": """
        SELECT c.relname, a::text FROM pg_class AS c, unnest(c.relacl) AS a
        WHERE c.relnamespace = 'public'::regnamespace""",
    "version": "SELECT version_num FROM alembic_version",
    "note": """
        SELECT col_description('alembic_version'::regclass, attnum) FROM pg_attribute
        WHERE attrelid = 'alembic_version'::regclass AND attname = 'version_num'""",
}


class Instance:
    """A PostgreSQL server with the roles that RDS gives one, and a master who is no superuser.

    Attributes:
        link: its database, as the master with a password.
        folder: a folder for files.
    """

    def __init__(self, engine: Engine, admin: str, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._password = secrets.token_urlsafe(12)
        self._admin = self._as("admin", admin)
        self.link = self._as("master", self._password)

    def _as(self, user: str, word: str) -> Postgres:
        file = self._folder / user
        file.touch(mode=0o600)
        file.write_text(word)
        return Postgres(
            host="127.0.0.1",
            port=self._engine.port,
            database="mocs",
            user=user,
            auth=PasswordFile(str(file)),
            region=REGION,
        )

    def renew(self) -> None:
        """Make it as RDS does: an empty database, and roles."""
        self.run("DROP DATABASE IF EXISTS mocs WITH (FORCE)")
        for role in ROLES:
            self.run(f"DROP ROLE IF EXISTS {role}")
        for role in ("rds_iam", "rds_superuser", "rdsproxyadmin LOGIN"):
            self.run(f"CREATE ROLE {role}")
        self.run(f"CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD '{self._password}'")
        self.run("GRANT rds_superuser, pg_monitor, pg_signal_backend TO master")
        self.run("CREATE DATABASE mocs OWNER master")

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Return a connection as the superuser, which RDS keeps to itself."""
        return psycopg.connect(
            host=self._admin.host,
            port=self._admin.port,
            user=self._admin.user,
            password=password(self._admin),
            dbname=database,
            autocommit=True,
        )

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as the superuser; return the rows of the last."""
        with closing(self.connect(database)) as connection:
            rows: list[tuple[object, ...]] = []
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
            return rows

    def as_app(self) -> Postgres:
        """Return the link of the application, with a password: IAM itself has no local form."""
        word = secrets.token_urlsafe(12)
        self.run(f"ALTER ROLE app PASSWORD '{word}'")
        return self._as("app", word)

    # What `local.testing.statements` asks of a stage.

    def engine(self, _name: str) -> Engine:
        """Return the server."""
        return self._engine

    def postgres(self, _link: object, _role: object) -> Postgres:
        """Return the link of the superuser."""
        return self._admin


@dataclass(frozen=True)
class State:
    """Everything that provisioning is about, of one database."""

    schema: Catalog
    rows: Mapping[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def running(stage: Stage, worker: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Instance]:
    """Return a server of the module's own: roles are a whole server's."""
    beside = stage.engine("postgres").definition.site
    name = f"rds-{worker}"
    site = replace(
        beside,
        folder=beside.folder.with_name(name),
        log=beside.log.with_name(f"{name}.log"),
        port=stage.port(name),
    )
    admin = secrets.token_urlsafe(12)
    others = secrets.token_urlsafe(12)
    passwords: dict[PostgresRole, str] = {"admin": admin, "owner": others, "app": others}
    engine = Engine(PostgresServer(site=site, passwords=passwords, databases=()), Memory())
    engine.clear()  # of a run that was killed
    engine.start()
    try:
        yield Instance(engine, admin, tmp_path_factory.mktemp("rds"))
    finally:
        engine.wipe()


@pytest.fixture
def instance(running: Instance) -> Instance:
    """Return an instance as RDS makes it, with nothing provisioned."""
    running.renew()
    return running


@pytest.fixture
def engines(instance: Instance, stage: Stage) -> Engines:
    """Return the instance, and the run's Redis and OpenSearch, which has no security plugin."""
    redis, opensearch = _others(stage)
    return Engines(postgres=instance.link, redis=redis, opensearch=opensearch)


@pytest.fixture
def state_of(instance: Instance, schema_of: Callable[..., Catalog]) -> Callable[[], State]:
    """Return what tells everything that provisioning has to do with."""

    def tell() -> State:
        rows = {name: sorted(instance.run(query, database="mocs"), key=repr) for name, query in _QUERIES.items()}
        return State(schema_of(instance.link), rows)

    return tell


@pytest.fixture
def rds_proxy(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[RdsProxy]:
    """Return an RDS Proxy before the instance that takes tokens of the test's own key, and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAPROVISION")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secrets.token_hex())
    authority = trustme.CA()
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    with RdsProxy(instance.link, authority, str(roots), "ASIAPROVISION") as proxy:
        yield proxy


def _others(stage: Stage) -> tuple[Redis, OpenSearch]:
    links = (RedisAccess(Resources.MyRedis), OpenSearchAccess(Resources.MyOpenSearch))
    given = stage.links(Function(name="other", handler="", description="", links=links))
    redis, search = Resources.MyRedis, Resources.MyOpenSearch
    opensearch = OpenSearch.decode(search.name, given[search.variable])
    return Redis.decode(redis.name, given[redis.variable]), replace(opensearch, auth=Anonymous())
