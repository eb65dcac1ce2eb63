"""The migrations as they are packaged: as sources, as a bundle of compiled files, and what is imported for them."""

import compileall
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

import core
import db
from core import Postgres
from db.migrating import MIGRATIONS, downgrade, is_at_head, upgrade

if TYPE_CHECKING:
    from .conftest import Folder

IMPORTED = """
import sys
{program}
print(*(name for name in ("alembic", "sqlalchemy", "psycopg", "mako") if name in sys.modules))
"""


Scratch = Callable[[], Postgres]


def ran(program: str, *arguments: str, path: Path | None = None) -> str:
    """Return what a program writes, run apart; with `path`, what is imported comes from there first."""
    head = f"import sys; sys.path.insert(0, {str(path)!r})\n" if path else ""
    command = [sys.executable, "-I", "-c", head + program, *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("import db.migrating", ""),
        ("from db.migrating.errors import UnknownRevisionError", ""),
        ("from db.migrating import MIGRATIONS, is_at_head", "psycopg"),
        ("from db.migrating import Stop", "psycopg"),
    ],
)
def test_a_look_loads_no_alembic(program: str, loaded: str) -> None:
    """A start at head waits for the driver at most."""
    assert ran(IMPORTED.format(program=program)) == loaded


def test_every_name_is_there() -> None:
    """What is loaded on first use is what is promised."""
    import db.migrating as migrating  # noqa: PLC0415, PLR0402  # the package itself

    for name in migrating.__all__:
        assert getattr(migrating, name)
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        _ = migrating.other  # pyright: ignore  # noqa: PGH003


@pytest.mark.engines
def test_the_packaged_migrations_go_up_and_down(scratch: Scratch) -> None:
    """What dev, provisioning and the tests run, on an empty database."""
    link = scratch()
    done = upgrade(link)
    assert done.after is not None
    assert is_at_head(link)
    assert downgrade(link, "base").after is None
    assert upgrade(link).applied == done.applied


PROGRAM = """
import sys
from pathlib import Path
import db.migrating
from core import Postgres
assert Path(db.__file__).is_relative_to(Path(sys.argv[2])), db.__file__
link = Postgres.decode("a test's", sys.argv[1])
folder = Path(sys.argv[3]) if sys.argv[3] else db.migrating.MIGRATIONS
done = db.migrating.upgrade(link, folder=folder)
again = db.migrating.upgrade(link, folder=folder)
print(done.after, *done.applied, *again.applied)
"""


def compiled(source: Path, target: Path, how: str) -> None:
    """Copy a package as a bundle holds it: with bytecode in place of sources, or beside them."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    if how == "beside":
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        assert compileall.compile_dir(target, quiet=1, invalidation_mode=mode)
        return
    assert compileall.compile_dir(target, quiet=1, legacy=True)
    for file in target.rglob("*.py"):
        file.unlink()


@pytest.mark.engines
@pytest.mark.parametrize("how", ["in place", "beside"])
def test_a_bundle_migrates(scratch: Scratch, tmp_path: Path, how: str) -> None:
    """A function runs them without the source tree: of compiled files only, or with such beside the sources."""
    for package in (core, db):
        assert package.__file__ is not None
        compiled(Path(package.__file__).parent, tmp_path / package.__name__, how)
    link = scratch()
    said = ran(PROGRAM, link.encode(), str(tmp_path), "", path=tmp_path)
    assert is_at_head(link)
    assert said.split()[0] == upgrade(link).after


@pytest.mark.engines
@pytest.mark.parametrize("how", ["in place", "beside"])
def test_compiled_revisions_of_every_form_run(scratch: Scratch, folder: "Folder", tmp_path: Path, how: str) -> None:
    """Their marks are read from the compiled files too."""
    folder.table("first")
    folder.add("index", ["create_index('ix', 'first', ['id'])"], attributes="concurrent = True")
    compiled(folder.path, tmp_path / "compiled", how)
    link = scratch()
    assert upgrade(link, folder=tmp_path / "compiled").applied == ("first", "index")
    assert is_at_head(link, folder=folder.path)


@pytest.mark.engines
def test_what_another_branch_has_compiled_is_no_revision(scratch: Scratch, folder: "Folder") -> None:
    """Where there are sources, bytecode without its source is what a checkout has left behind."""
    folder.table("first")
    other = folder.table("other")
    py_compile.compile(str(other))
    other.unlink()
    link = scratch()
    assert upgrade(link, folder=folder.path).applied == ("first",)
    assert is_at_head(link, folder=folder.path)


def test_alembic_by_itself_is_told_what_to_run() -> None:
    """It has no link and takes no lock: nothing is migrated by it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with pytest.raises(CommandError, match=r"nox -s migrate"):
        command.current(config)
