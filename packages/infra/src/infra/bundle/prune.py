"""What of an installed distribution no function reads, and a bundle therefore leaves out."""

import shutil
from pathlib import Path

_KEPT_METADATA = ("METADATA", "entry_points.txt", "licenses")
"""Of a .dist-info: what `importlib.metadata` answers from, and the licences. The rest is for installers, and some of
it (RECORD, direct_url.json, uv_cache.json) names paths and times of the machine that built it."""

_NOT_IMPORTED = (".pyi", ".pyx", ".pxd", ".c", ".h", ".cpp", ".hpp")
"""Sources that type checkers and compilers read, and no import does."""

_FOR_TESTS = (
    "**/tests",
    "alembic/testing",
    "mako/testing",
    "sqlalchemy/testing",
    "sqlalchemy/dialects/*/provision.py",  # sets databases up for sqlalchemy/testing, and imports it
)
"""What distributions are tested with. Folders called `testing` are named one by one: in some they are imported."""


def prune(folder: Path) -> None:
    """Remove what only an installer, a compiler, a type checker or a distribution's own tests read.

    The scripts go too: they name the interpreter that installed them. So does bytecode that an installer has made.
    """
    for path in folder.glob("*.dist-info/*"):
        if path.name not in _KEPT_METADATA:
            _remove(path)
    for pattern in (*_FOR_TESTS, "**/__pycache__", "bin", ".lock"):
        for path in list(folder.glob(pattern)):
            _remove(path)
    for path in [path for path in folder.rglob("*") if path.suffix in _NOT_IMPORTED]:
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)  # it may lie in a folder that is gone
