"""The provision function's bundle: it brings a database to the newest revision, with nothing else at hand."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core import Postgres
from infra.bundle import Interpreter

pytestmark = [pytest.mark.network, pytest.mark.engines]

MIGRATE = """
import sys
sys.path.append(sys.argv[1])
import db.migrating
from core import Postgres
link = Postgres.decode("a test's", sys.argv[2])
assert not db.migrating.is_at_head(link)
done = db.migrating.upgrade(link)
assert db.migrating.is_at_head(link)
print(done.after, *done.applied)
print(*(module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)), sep="\\n")
"""


def test_a_bundle_migrates(provision: Path, running: Interpreter, scratch: Callable[[], Postgres]) -> None:
    """On an empty database every revision is applied, and each module is the bundle's or the standard library's."""
    command = [running.executable, "-I", "-S", "-c", MIGRATE, provision, scratch().encode()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    revisions, *files = done.stdout.splitlines()
    after, *applied = revisions.split()
    assert after == applied[-1]
    library = Path(subprocess.__file__).parent
    assert not [
        file for file in files if not Path(file).is_relative_to(provision) and not Path(file).is_relative_to(library)
    ]


def test_revisions_and_their_template_are_in_it(provision: Path, root: Path) -> None:
    """What Alembic loads by its path is there as it is in the checkout, its sources included."""
    source = root / "packages/db/src/db/migrations"
    files = {path.relative_to(source) for path in source.rglob("*") if path.suffix in (".py", ".mako")}
    assert {"env.py", "script.py.mako"} <= {str(path) for path in files}
    assert len([path for path in files if path.parent.name == "versions"]) >= 1
    for path in files:
        assert (provision / "db/migrations" / path).read_bytes() == (source / path).read_bytes()
