"""Two branches that were merged: what the error says, done to the letter, ends with every revision applied."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from core import Postgres
from db.migrating import TwoHeadsError, downgrade, history, upgrade

if TYPE_CHECKING:
    from .conftest import Folder, Look

pytestmark = pytest.mark.engines

Scratch = Callable[[], Postgres]
LookAt = Callable[[Postgres], "Look"]
WRITE = re.compile(r"write `(down_revision = '\w+')` in (\w+\.py) instead of ('\w+'|None)")


def part(folder: "Folder") -> None:
    """Write a branch of one revision and one of two, both after the first."""
    folder.add("first", "CREATE TABLE first ()", "DROP TABLE first", after=None)
    folder.add("mine", "CREATE TABLE mine ()", "DROP TABLE mine", after="first")
    folder.add("theirs", "CREATE TABLE theirs ()", "DROP TABLE theirs", after="first")
    folder.add("theirs_too", "CREATE TABLE theirs_too ()", "DROP TABLE theirs_too")


def follow(folder: "Folder", said: str, advice: int = 0) -> None:
    """Do what an error says."""
    line, file, instead = WRITE.findall(said)[advice]
    path = folder.path / "versions" / file
    text = path.read_text()
    assert text.count(f"down_revision = {instead}\n") == 1
    path.write_text(text.replace(f"down_revision = {instead}", line))


@pytest.mark.parametrize("at", ["mine", "theirs", "theirs_too"])
@pytest.mark.parametrize("ask", [upgrade, history])
def test_what_the_database_has_stays(
    scratch: Scratch, folder: "Folder", look_at: LookAt, at: str, ask: Callable[..., object]
) -> None:
    """The other branch comes after the one that the database is on, also if it is not at its end yet."""
    part(folder)
    link = scratch()
    others = {file: file.read_text() for file in (folder.path / "versions").glob("*.py")}
    for file in others:
        if file.name.startswith("mine") != (at == "mine") and not file.name.startswith("first"):
            file.unlink()
    upgrade(link, to=at, folder=folder.path)
    for file, text in others.items():
        file.write_text(text)
    with pytest.raises(TwoHeadsError, match=f"this database is at {at}, so") as raised:
        ask(link, folder=folder.path)
    assert len(WRITE.findall(str(raised.value))) == 1
    follow(folder, str(raised.value))
    upgrade(link, folder=folder.path)
    assert look_at(link).tables() == {"first", "mine", "theirs", "theirs_too"}
    assert all(listed.applied for listed in history(link, folder=folder.path))


@pytest.mark.parametrize("advice", [0, 1])
@pytest.mark.parametrize("at", ["base", "first"])
def test_a_database_before_both_gets_both(
    scratch: Scratch, folder: "Folder", look_at: LookAt, at: str, advice: int
) -> None:
    """Either may come after, if no stage has it: the error says so, with both ways."""
    folder.table("first")
    link = scratch()
    if at == "first":
        upgrade(link, folder=folder.path)
    part(folder)
    with pytest.raises(TwoHeadsError, match="no stage has yet") as raised:
        upgrade(link, folder=folder.path)
    assert ("this database has neither" in str(raised.value)) == (at == "first")
    follow(folder, str(raised.value), advice)
    upgrade(link, folder=folder.path)
    assert look_at(link).tables() == {"first", "mine", "theirs", "theirs_too"}


def test_a_database_that_has_what_comes_after_goes_back_first(
    scratch: Scratch, folder: "Folder", look_at: LookAt
) -> None:
    """As the error says: while there are two heads one can go back, and then both are applied."""
    folder.table("first")
    folder.table("theirs")
    link, other = scratch(), scratch()
    upgrade(link, folder=folder.path)
    (folder.path / "versions" / "theirs_test.py").unlink()
    folder.add("mine", "CREATE TABLE mine ()", "DROP TABLE mine", after="first")
    upgrade(other, folder=folder.path)
    folder.add("theirs", "CREATE TABLE theirs ()", "DROP TABLE theirs", after="first")
    with pytest.raises(TwoHeadsError) as raised:
        upgrade(other, folder=folder.path)
    back = re.findall(r"`nox -s downgrade -- (\w+)`", str(raised.value))
    assert back == ["first"]
    assert downgrade(link, back[0], folder=folder.path).reverted == ("theirs",)
    follow(folder, str(raised.value))
    for database in (link, other):
        upgrade(database, folder=folder.path)
        assert look_at(database).tables() == {"first", "mine", "theirs"}
