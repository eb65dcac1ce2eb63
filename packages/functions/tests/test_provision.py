"""The provision function under the Lambda runtime client, on the engines of the local stage."""

import shutil
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from core import Anonymous, OpenSearch, Postgres, Resources
from core.manifest import Function, PostgresAccess
from db.migrating import MIGRATIONS, upgrade
from db.migrating.standing import database_heads, heads_in
from functions.manifest import FUNCTIONS, PROVISION
from local.runtime import HandlerFailed, Outcome, Succeeded
from local.serving import principals, workspace_packages
from local.stage import Stage
from local.testing.host import Host

pytestmark = pytest.mark.engines

ROLE = {"Name": "health", "RoleArn": "arn:aws:iam::000000000000:role/health"}
PROPERTIES = {"ServiceToken": "arn:aws:lambda:...", "Functions": [ROLE], "Digest": "1"}
CREATE = {"RequestType": "Create", "ResourceType": "Custom::Provision", "ResourceProperties": PROPERTIES}
UPDATE = {**CREATE, "RequestType": "Update", "PhysicalResourceId": "provision"}
DELETE = {**CREATE, "RequestType": "Delete", "PhysicalResourceId": "provision"}
REVISION = '''\
"""One more; generated on 2026-11-22."""

from alembic import op

revision = "next"
down_revision = {after!r}


def upgrade() -> None:
    op.execute({statement!r})
'''

Serve = Callable[..., Host]


@pytest.fixture
def database(scratch: Callable[[], Postgres]) -> Postgres:
    """Return an empty database, as its owner."""
    return scratch()


@pytest.fixture
def serve(stage: Stage, database: Postgres, tmp_path: Path) -> Generator[Serve]:
    """Return what serves the provision function and all others on that database."""

    def links(function: Function) -> Mapping[str, str]:
        given = stage.links(function)
        for access in function.links:
            if isinstance(access, PostgresAccess):
                link = Postgres.decode(access.link.name, given[access.link.variable])
                given |= access.link.encode(replace(link, database=database.database))
        search = Resources.MyOpenSearch
        # The stage's has no security plugin.
        link = OpenSearch.decode(search.name, given[search.variable])
        return given | search.encode(replace(link, auth=Anonymous()))

    with ExitStack() as served:

        def start(
            *, packages: Iterable[Path] | None = None, links: Callable[[Function], Mapping[str, str]] = links
        ) -> Host:
            host = Host(
                (*FUNCTIONS, PROVISION),
                links=links,
                credentials=principals(stage),
                folder=tmp_path / "code",
                packages=packages,
            )
            return served.enter_context(host)

        yield start


def answer(outcome: Outcome) -> dict[str, Any]:
    """Return what the function answered."""
    assert isinstance(outcome, Succeeded), outcome.payload
    return cast("dict[str, Any]", outcome.document())


def reason(outcome: Outcome) -> str:
    """Return what the function failed with."""
    assert isinstance(outcome, HandlerFailed), outcome
    return str(cast("dict[str, Any]", outcome.document())["errorMessage"])


def no_links(_function: Function) -> dict[str, str]:
    """Return the links of a function that is given none."""
    return {}


def add_revision(folder: Path, statement: str) -> None:
    """Add a revision to a folder of migrations."""
    (newest,) = heads_in(MIGRATIONS)
    (folder / "versions" / "next_test.py").write_text(REVISION.format(after=newest, statement=statement))


def test_a_first_deployment_ends_healthy(serve: Serve, database: Postgres) -> None:
    """An empty database is brought to head, and the functions that come after it work on it."""
    host = serve()
    (newest,) = heads_in(MIGRATIONS)
    said = f"the database is at {newest}: applied {newest}"
    assert answer(host.invoke("provision", CREATE)) == {"PhysicalResourceId": "provision", "Data": {"Migrations": said}}
    assert database_heads(database) == {newest}
    assert host.get("/health").json()["status"] == "healthy"


def test_an_update_keeps_the_resource_and_the_database(serve: Serve) -> None:
    """Another physical id would have CloudFormation remove the first resource."""
    host = serve()
    first, second = answer(host.invoke("provision", CREATE)), answer(host.invoke("provision", UPDATE))
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]
    assert second["Data"]["Migrations"].endswith("nothing to apply")


def test_a_removal_touches_nothing(serve: Serve) -> None:
    """It needs no link, so it does not fail where the engines are gone; the id is the one that was given."""
    host = serve(links=no_links)
    removed = answer(host.invoke("provision", {**DELETE, "PhysicalResourceId": "other"}))
    assert removed == {"PhysicalResourceId": "other", "Data": {}}


def test_by_hand_it_migrates_and_says_what_it_did(serve: Serve, database: Postgres) -> None:
    """`nox -s migrate -- STAGE` shows the answer, and the log."""
    host = serve()
    (newest,) = heads_in(MIGRATIONS)
    assert answer(host.invoke("provision", {"action": "migrate"})) == {
        "database": "PostgreSQL answers",
        "application role": "role app is there, and not this function's to change",
        "migrations": f"the database is at {newest}: applied {newest}",
    }
    assert database_heads(database) == {newest}
    said = [record["message"] for record in host.records() if "message" in record]
    assert any(line.startswith(f"{newest} applied in ") for line in said)


def test_the_previous_release_accepts_a_newer_database(serve: Serve, database: Postgres, tmp_path: Path) -> None:
    """A rollback runs this code's provisioning and functions on the schema of the next release."""
    newer = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    add_revision(newer, "CREATE TABLE next (id int PRIMARY KEY)")
    upgrade(database, folder=newer)
    host = serve()
    updated = answer(host.invoke("provision", UPDATE))
    assert "the database is ahead of this code, at next" in updated["Data"]["Migrations"]
    assert database_heads(database) == {"next"}
    assert host.get("/health").json()["status"] == "healthy"


def test_a_broken_revision_fails_with_a_reason_that_cloudformation_shows(
    serve: Serve, database: Postgres, tmp_path: Path
) -> None:
    """However long its statement is: under 1 KB, in one line, with what PostgreSQL said of it at the end."""
    packages = [shutil.copytree(package, tmp_path / "packages" / package.name) for package in workspace_packages()]
    columns = ", ".join(f"column_{number} int" for number in range(100))
    add_revision(tmp_path / "packages" / "db" / "migrations", f"CREATE TABLE gallery_images ({columns})")
    said = reason(serve(packages=packages).invoke("provision", CREATE))
    assert said.startswith("provisioning failed: migrations: revision next (next_test.pyc) failed at the statement")
    assert said.endswith('PostgreSQL: relation "gallery_images" already exists (42P07)')
    assert len(said.encode()) < 1024
    assert "\n" not in said
    assert database_heads(database) == heads_in(MIGRATIONS)


def test_a_missing_link_is_told(serve: Serve) -> None:
    """A deployment that forgot it is told which."""
    said = reason(serve(links=no_links).invoke("provision", CREATE))
    assert "the link MyPostgres is not given to this function" in said


def test_an_event_that_is_none_of_its_own_is_told_what_it_takes(serve: Serve) -> None:
    """Whoever invokes it by hand learns how."""
    said = reason(serve().invoke("provision", {"action": "drop"}))
    assert said.startswith("there is no action 'drop'; this function takes {'action': 'migrate'}")
