"""Putting an assembly in the place of an older one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.commands.assembling import put, written


def writing(text: str) -> Callable[[Path], None]:
    """Return what writes an assembly of one file."""

    def write(folder: Path) -> None:
        folder.mkdir()
        (folder / "file").write_text(text)

    return write


def test_an_assembly_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """Nothing of the older one is left, nor anything beside it."""
    out = tmp_path / "cdk.out" / "dev"
    put(writing("one"), out)
    (out / "older").touch()
    put(writing("two"), out)
    assert [path.name for path in out.iterdir()] == ["file"]
    assert (out / "file").read_text() == "two"
    assert [path.name for path in out.parent.iterdir()] == ["dev"]


def test_one_that_fails_leaves_the_older_one(tmp_path: Path) -> None:
    """Whole, and nothing half-written beside it."""
    out = tmp_path / "dev"
    put(writing("one"), out)

    def fail(folder: Path) -> None:
        folder.mkdir()
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  # the one above
        put(fail, out)
    assert (out / "file").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["dev"]


def test_what_a_killed_one_has_left_is_removed(tmp_path: Path) -> None:
    """That of the same stage: another's may be at work."""
    for name in (".dev.abc", ".dev-2.abc"):
        (tmp_path / name / "new").mkdir(parents=True)
    put(writing("one"), tmp_path / "dev")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dev-2.abc", "dev"]


def test_each_template_is_a_line(tmp_path: Path) -> None:
    """With what it holds, and how large it is."""
    (tmp_path / "Foundation.template.json").write_text('{"Resources": {"A": {}, "B": {}}}')
    (tmp_path / "manifest.json").write_text("{}")
    assert list(written(tmp_path)) == ["Foundation.template.json: 2 resources, 0 kB"]
