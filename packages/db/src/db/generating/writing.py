"""Writing a revision's file."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.util import template_to_file

from .errors import FileThereError
from .naming import file_name

_IMPORTS: Final = {
    "sa": "import sqlalchemy as sa",
    "op": "from alembic import op",
    "postgresql": "from sqlalchemy.dialects import postgresql",
    "create_index": "\nfrom db.migrating.concurrently import create_index, drop_index",
}
"""What a name in a revision is imported by, in the order in which a linter wants them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A revision to be written.

    Attributes:
        message: what changes, as a sentence.
        part: which part of that it is; empty if it is all.
        number: the number of that part; empty if there is one.
        revision: its id.
        after: the id of the one before; None for the first.
        upgrades: the source of its way up.
        downgrades: the source of its way down.
        concurrent: whether it is one concurrent index statement.
    """

    message: str
    part: str
    number: str
    revision: str
    after: str | None
    upgrades: str
    downgrades: str
    concurrent: bool = False


def rendered(context: MigrationContext, operations: Sequence[ops.MigrateOperation]) -> str:
    """Return the source of operations, indented as the body of a function; empty if there is nothing to do."""
    code = render_python_code(ops.UpgradeOps(operations), migration_context=context)
    body = "\n".join(line for line in code.splitlines() if not line.strip().startswith("# ###")).strip()
    return body if body != "pass" else ""  # a function's docstring is enough


def write(draft: Draft, folder: Path, day: date) -> Path:
    """Write a revision's file from the template of the migrations, and return it.

    Raises:
        FileThereError: it would overwrite another.
    """
    file = folder / "versions" / file_name(draft.message, draft.number, draft.part, day)
    message = f"{draft.message.rstrip('.')}: {draft.part}." if draft.part else draft.message
    try:
        file.touch(exist_ok=False)
    except FileExistsError as error:
        raise FileThereError(file) from error
    template_to_file(
        folder / "script.py.mako",
        file,
        "utf-8",
        message=message.replace("\\", "\\\\").replace('"', "'"),
        up_revision=draft.revision,
        down_revision=draft.after,
        create_date=day.isoformat(),
        imports=_imports(draft.upgrades, draft.downgrades),
        upgrades=draft.upgrades,
        downgrades=draft.downgrades,
        concurrent=draft.concurrent,
    )
    return file


def _imports(*sources: str) -> str:
    used: set[str] = set()
    for source in sources:
        tree = ast.parse(f"if True:\n    {source or 'pass'}")
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return "\n".join(line for name, line in _IMPORTS.items() if name in used)
