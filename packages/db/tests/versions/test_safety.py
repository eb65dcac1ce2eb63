"""No migration stops who uses the tables that it changes, nor breaks the release that runs meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db.migrating import MIGRATIONS

if TYPE_CHECKING:
    from .conftest import Revisions

pytestmark = pytest.mark.engines

Linted = Callable[[Path], list[str]]


def test_every_revision_is_safe_on_a_live_table(linted: Linted) -> None:
    """The linter finds nothing in the SQL of any revision; each line that it says tells what to do instead."""
    found = linted(MIGRATIONS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("statement", "rule", "instead"),
    [
        ("ALTER TABLE moc_files ADD COLUMN size integer NOT NULL", "adding-required-field", "default"),
        (
            "ALTER TABLE moc_files ADD COLUMN key uuid DEFAULT gen_random_uuid()",
            "adding-field-with-default",
            "later revision",
        ),
        ("CREATE INDEX ix_moc_files_mime_type ON moc_files (mime_type)", "require-concurrent-index-creation", "concur"),
        ("DROP INDEX ix_moc_instructions_title", "require-concurrent-index-deletion", "db.migrating.concurrently"),
        (
            "ALTER TABLE moc_instructions ALTER COLUMN set_number TYPE integer USING set_number::integer",
            "changing-column-type",
            "new type",
        ),
        (
            "ALTER TABLE moc_files ADD FOREIGN KEY (id) REFERENCES gallery_images (id)",
            "adding-foreign-key-constraint",
            "not_valid",
        ),
        ("ALTER TABLE moc_files ADD CHECK (file_url <> '')", "constraint-missing-not-valid", "NOT VALID"),
        ("ALTER TABLE moc_files ADD UNIQUE (file_url)", "disallowed-unique-constraint", "USING INDEX"),
        ("ALTER TABLE moc_files ALTER COLUMN mime_type SET NOT NULL", "adding-not-nullable-field", "NOT VALID"),
        ("ALTER TABLE moc_files DROP COLUMN mime_type", "ban-drop-column", "accepts"),
        ("DROP TABLE wishlist_items", "ban-drop-table", "accepts"),
        ("ALTER TABLE moc_files RENAME COLUMN mime_type TO type", "renaming-column", "old one"),
    ],
)
def test_an_unsafe_revision_is_found(
    statement: str, rule: str, instead: str, revisions: "Revisions", linted: Linted
) -> None:
    """What would stop others, or break the release that runs, is named with its file and what to do instead."""
    revisions.add(f"op.execute({statement!r})")
    found = [line for line in linted(revisions.folder) if f": {rule}: " in line]
    assert found
    assert all(line.startswith("added_") and instead in line.partition("Instead: ")[2] for line in found), found


def test_a_concurrent_index_is_safe(revisions: "Revisions", linted: Linted) -> None:
    """An index that is made as the runner has it made stops nobody."""
    revisions.add(
        "create_index('ix_moc_files_mime_type', 'moc_files', ['mime_type'])",
        "drop_index('ix_moc_files_mime_type', 'moc_files')",
        head="concurrent = True",
    )
    revisions.add("drop_index('ix_moc_instructions_title', 'moc_instructions')", head="concurrent = True")
    assert linted(revisions.folder) == []


def test_a_revision_may_accept_a_rule_with_a_reason(revisions: "Revisions", linted: Linted) -> None:
    """What is contracted in a later release is not unsafe then: the revision says so, and only of that rule."""
    drop = "op.execute('ALTER TABLE moc_files DROP COLUMN mime_type')"
    revisions.add(drop, head="accepts = {'ban-drop-column': 'no release has read it since the last one'}")
    assert linted(revisions.folder) == []
    revisions.add(
        "op.execute('DROP TABLE wishlist_items')", head="accepts = {'ban-drop-column': 'it is about another rule'}"
    )
    assert len(linted(revisions.folder)) == 1


def test_a_reason_is_a_must(revisions: "Revisions", linted: Linted) -> None:
    """A rule is not accepted without a word on why."""
    revisions.add("op.execute('DROP TABLE wishlist_items')", head="accepts = {'ban-drop-table': ' '}")
    with pytest.raises(AssertionError, match="does not say why"):
        linted(revisions.folder)
