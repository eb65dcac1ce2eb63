"""Revision files that are no Python: not at head at a glance, and named by who reads them in earnest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core import Postgres
from db.migrating import RevisionFilesError, history, is_at_head, upgrade
from db.migrating.standing import heads_in

from .conftest import Folder

pytestmark = pytest.mark.engines


def half_merge(file: Path) -> None:
    """Leave a conflict in a file, as git does."""
    lines = "<<<<<<< HEAD\ndown_revision = None\n=======\ndown_revision = 'other'\n>>>>>>> other\n"
    file.write_text(file.read_text().replace("down_revision = None\n", lines))


SPOILED: dict[str, Callable[[Path], object]] = {
    "half merged": half_merge,
    "no UTF-8": lambda file: file.write_bytes(b"'caf\xe9'\n" + file.read_bytes()),
}


NO_TEXT: dict[str, Callable[[Path], object]] = {
    "no file": lambda file: file.symlink_to("gone"),
    "a NUL": lambda file: file.write_bytes(b"\0"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_file_that_cannot_be_read_is_named(scratch: Callable[[], Postgres], folder: Folder, how: str) -> None:
    """A look says that the database is not at head, though it was; the error of what comes next names the file."""
    file = folder.table("first")
    link = scratch()
    upgrade(link, folder=folder.path)
    assert is_at_head(link, folder=folder.path)
    SPOILED[how](file)
    assert not is_at_head(link, folder=folder.path)
    assert heads_in(folder.path) == frozenset()
    for read in (upgrade, history):
        with pytest.raises(RevisionFilesError, match=r"first_test\.py"):
            read(link, folder=folder.path)


@pytest.mark.parametrize("how", NO_TEXT)
def test_what_is_no_text_is_no_error_of_a_look(scratch: Callable[[], Postgres], folder: Folder, how: str) -> None:
    """A file that can't be opened, or that a crash has filled with zeros: the database is not at head."""
    folder.table("first")
    link = scratch()
    upgrade(link, folder=folder.path)
    NO_TEXT[how](folder.path / "versions" / "second_test.py")
    assert not is_at_head(link, folder=folder.path)
