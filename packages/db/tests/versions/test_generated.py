"""What `generate` writes is safe on a live table by itself, as far as that can be."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    UniqueConstraint,
    text,
)

from core import Postgres
from db.generating import Generated, generate

if TYPE_CHECKING:
    from .conftest import Revisions

pytestmark = pytest.mark.engines


@pytest.fixture
def changed(models: MetaData) -> MetaData:
    """Return a copy of the models with changes that would stop others if they were made in one go."""
    files, mocs = models.tables["moc_files"], models.tables["moc_instructions"]
    files.c.mime_type.nullable = False
    files.append_column(Column("size", Integer, nullable=False, server_default=text("0")))
    files.append_column(Column("image_id", ForeignKey("gallery_images.id"), index=True))
    files.append_constraint(UniqueConstraint("file_url"))
    files.append_constraint(CheckConstraint("file_url <> ''", "file_url"))
    mocs.indexes.remove(next(index for index in mocs.indexes if index.name == "ix_moc_instructions_sets_retired"))
    Index("ix_moc_instructions_sets_retired", mocs.c.retired, postgresql_where=text("type = 'set' AND retired"))
    return models


def test_a_change_is_made_in_steps_that_stop_nobody(
    revisions: "Revisions",
    changed: MetaData,
    linted: Callable[[Path], list[str]],
    scratch: Callable[[], Postgres],
) -> None:
    """Indexes are made and dropped concurrently, and rows are looked at in a later revision than the change's."""
    done = generate("more", scratch(), scratch(), folder=revisions.folder, metadata=changed)
    assert isinstance(done, Generated)
    assert done.warnings == ()
    names = [file.stem.split("_", 3)[3] for file in done.files]
    assert names == [
        "more_1_drop_ix_moc_instructions_sets_retired",
        "more_2",
        "more_3_make_uq_moc_files_file_url",
        "more_4_make_ix_moc_files_image_id",
        "more_5_make_ix_moc_instructions_sets_retired",
        "more_6_finish",
    ]
    assert linted(revisions.folder) == []
