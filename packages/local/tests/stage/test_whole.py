"""A stage with every engine: what it gives to functions and to people."""

import http.client
import json
import os
import shutil
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from core import Bucket, Iam, Link, OpenSearch, PasswordFile, Postgres, Redis, Resources
from core.kinds import Kind
from core.manifest import BucketAccess, Function, OpenSearchAccess, PostgresAccess, RedisAccess
from local.engines.probes import redis_serves
from local.stage import HOST, REGION, Stage

pytestmark = pytest.mark.engines

K = TypeVar("K", bound=Kind)

FUNCTION = Function(
    name="everything",
    handler="nowhere.handler",
    description="Reaches everything, the database as its owner.",
    links=(
        PostgresAccess(Resources.MyPostgres, role="owner"),
        RedisAccess(Resources.MyRedis),
        OpenSearchAccess(Resources.MyOpenSearch),
        BucketAccess(Resources.MyBucket),
    ),
)


def decode(link: Link[K], environment: dict[str, str]) -> K:
    """Read a link as a function with that environment would."""
    return link.kind.decode(link.name, environment[link.variable])


def password_of(link: Postgres | Redis) -> str:
    """Return the password in a link's file."""
    assert isinstance(link.auth, PasswordFile)
    return Path(link.auth.path).read_text()


def status_of(port: int, path: str) -> int:
    """Ask a server over HTTP; return the status of its answer."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def test_the_links_of_a_function_lead_to_the_engines(whole: Stage) -> None:
    """Each link is what a client needs, with the access that the function declares."""
    environment = whole.links(FUNCTION)
    postgres = decode(Resources.MyPostgres, environment)
    with closing(
        psycopg.connect(
            host=postgres.host,
            port=postgres.port,
            user=postgres.user,
            dbname=postgres.database,
            password=password_of(postgres),
            connect_timeout=5,
        )
    ) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("owner", "my_postgres")
    redis = decode(Resources.MyRedis, environment)
    assert redis_serves(redis.port, redis.user, password_of(redis))
    opensearch = decode(Resources.MyOpenSearch, environment)
    assert opensearch == OpenSearch(host=HOST, port=opensearch.port, auth=Iam(), region=REGION)
    assert status_of(opensearch.port, "/_cluster/health") == 200
    bucket = decode(Resources.MyBucket, environment)
    port = whole.engine("s3").port
    assert bucket == Bucket(name="my-bucket", region=REGION, endpoint=f"http://{HOST}:{port}")
    assert status_of(port, f"/{bucket.name}") == 200


def test_a_shell_gets_every_link_as_the_application(whole: Stage) -> None:
    """All declared links are there, and the database is not the owner's."""
    environment = whole.all_links()
    assert set(environment) == {link.variable for link in Resources.declared()}
    assert decode(Resources.MyPostgres, environment).user == "app"


def test_a_function_gets_no_link_that_it_does_not_declare(whole: Stage) -> None:
    """The environment of a function with one link has that link alone."""
    one = Function(name="one", handler="nowhere", description="One link.", links=(RedisAccess(Resources.MyRedis),))
    assert list(whole.links(one)) == [Resources.MyRedis.variable]


def test_nothing_failed_and_every_engine_runs(whole: Stage) -> None:
    """A stage that is up says of every engine that it runs, and of none why it does not."""
    assert whole.failures == {}
    assert all(whole.engine(name).is_running for name in ("opensearch", "postgres", "redis", "s3"))
    assert len({whole.engine(name).port for name in ("opensearch", "postgres", "redis", "s3")}) == 4


def test_secrets_are_the_developers_alone(whole: Stage) -> None:
    """The stage's folder is closed to others, and whatever holds a password is of mode 0600 and the developer's."""
    assert stat.S_IMODE(whole.directory.stat().st_mode) == 0o700
    secrets = [path for path in (whole.directory / "secrets").iterdir() if path.is_file()]
    assert {"postgres-app", "postgres-owner", "redis-app", "pgpass"} <= {path.name for path in secrets}
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert {path.stat().st_uid for path in secrets} == {os.geteuid()}
    passwords = [(whole.directory / "secrets" / name).read_text() for name in ("postgres-app", "redis-app")]
    for file in whole.directory.rglob("*"):
        if file.is_file() and "secrets" not in file.parts:
            assert not any(password in file.read_text(errors="replace") for password in passwords), file


def test_a_principal_is_a_functions_own_and_stays(whole: Stage) -> None:
    """Credentials have the form of a role's, differ between functions, and are the same each time."""
    health, other = whole.principal("health"), whole.principal("other")
    assert whole.principal("health") == health
    assert health.role == "arn:aws:iam::000000000000:role/health"
    assert health.access_key_id.startswith("ASIA")
    assert len(health.access_key_id) == 20
    assert len({health.access_key_id, other.access_key_id, health.session_token, other.session_token}) == 4
    assert stat.S_IMODE((whole.directory / "secrets" / "principals.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("program", "question", "answer"),
    [
        ("psql", " -Atc 'SELECT current_user'", "app"),
        ("psql as owner", " -Atc 'SELECT current_user'", "owner"),
        ("redis-cli", " PING", "PONG"),
        ("curl", "", '"status"'),
    ],
)
def test_the_lines_for_people_work_as_they_stand(whole: Stage, program: str, question: str, answer: str) -> None:
    """A line pasted into a shell signs in without a password in it."""
    name = program.split(maxsplit=1)[0]
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    lines = [line.command for line in whole.lines() if f"{name} " in line.command]
    line = lines[-1 if program.endswith("owner") else 0]
    assert line in (whole.directory / "env").read_text().splitlines()
    done = subprocess.run(
        ("/bin/sh", "-c", line + question), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert answer in done.stdout, done.stderr


def test_state_says_which_process_is_which_engine(whole: Stage) -> None:
    """The file that other programs read names the main process, its time of creation and its port."""
    state = json.loads((whole.directory / "state.json").read_text())
    for name in ("opensearch", "postgres", "redis", "s3"):
        engine = whole.engine(name)
        assert (state[name]["pid"], state[name]["port"]) == (engine.pids[0], engine.port)
        assert state[name]["created"] > 0
