"""Every revision goes up, down and up again, on a database with rows in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core import Postgres
from db.comparing import Catalog, differences
from db.migrating import MIGRATIONS, MigrationError, downgrade, upgrade
from db.migrating.scripts import read_scripts, settings
from db.seed import seed

if TYPE_CHECKING:
    from .conftest import Revisions

pytestmark = pytest.mark.engines

Schema = Callable[..., Catalog]


def walk(link: Postgres, folder: Path, fill: Callable[[Postgres], object], schema_of: Schema) -> None:
    """Take a database up to head, fill it, and take each revision back, on again and back, the last one first.

    The rows of the tables that are left are there each time that a revision is applied or taken back.
    """
    chain = [script.revision for script in reversed(list(read_scripts(settings(folder)).walk_revisions()))]
    stages = ["base", *chain]
    schemas = [schema_of(link)]
    for revision in chain:
        upgrade(link, to=revision, folder=folder)
        schemas.append(schema_of(link))
    fill(link)
    for before, after in zip(reversed(range(len(chain))), reversed(range(1, len(stages))), strict=True):
        downgrade(link, stages[before], folder=folder)
        same(schemas[before], schema_of(link), f"taking {stages[after]} back", stages[before])
        upgrade(link, to=stages[after], folder=folder)
        same(schemas[after], schema_of(link), f"applying {stages[after]} again", stages[after])
        downgrade(link, stages[before], folder=folder)


def same(first: Catalog, again: Catalog, how: str, revision: str) -> None:
    """Make sure that a revision looks as it did on the way up."""
    lines = [difference.line(f"{revision} on the way up", "it") for difference in differences(first, again)]
    assert not lines, "\n".join([f"{how} does not lead back to {revision}:", *lines])


def test_every_revision_goes_up_and_down_with_rows(scratch: Callable[[], Postgres], schema_of: Schema) -> None:
    """Each leaves what the one before it made, whatever is in the tables, and can be applied again."""
    walk(scratch(), MIGRATIONS, partial(seed, users=20), schema_of)


def test_a_way_back_that_forgets_something_is_found(
    revisions: "Revisions", scratch: Callable[[], Postgres], schema_of: Schema
) -> None:
    """What a revision leaves behind is named."""
    revisions.add(
        "op.execute('ALTER TABLE moc_files ADD COLUMN size integer DEFAULT 0')",
        "op.execute('ALTER TABLE moc_files ALTER COLUMN size DROP DEFAULT')",
    )
    with pytest.raises(AssertionError, match=r"taking added1 back does not .*\n.*column size of moc_files"):
        walk(scratch(), revisions.folder, partial(seed, users=2), schema_of)


def test_a_revision_that_rows_stop_is_found(
    revisions: "Revisions", scratch: Callable[[], Postgres], schema_of: Schema, run: Callable[..., None]
) -> None:
    """A revision that runs on an empty database only fails: the rows are there when it is applied again."""
    revisions.add(
        "op.execute('ALTER TABLE moc_files ADD COLUMN size integer NOT NULL')",
        "op.execute('ALTER TABLE moc_files DROP COLUMN size')",
    )

    def fill(link: Postgres) -> None:
        run(
            link,
            "INSERT INTO moc_instructions (id, user_id, title, type, author)"
            " VALUES (gen_random_uuid(), 'a', 'b', 'moc', 'c')",
            "INSERT INTO moc_files (moc_id, file_type, file_url, size)"
            " SELECT id, 'thumbnail', 'x', 1 FROM moc_instructions",
        )

    with pytest.raises(MigrationError, match="added1"):
        walk(scratch(), revisions.folder, fill, schema_of)
