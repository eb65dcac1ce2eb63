"""What the revisions are held against: walking them, and reading the SQL that they send."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.script import Script
from sqlalchemy import Connection, Engine, event

from core import Postgres
from db.migrating import upgrade
from db.migrating.scripts import read_scripts, settings

CONFIGURATION = Path(__file__).with_name("squawk.toml")
"""The linter's settings."""
PARAMETER = re.compile(r"%\(\w+\)s(::\w+)?")
ROBUST = ("prefer-robust-stmts", "require-lock-timeout", "require-statement-timeout")
"""What a concurrent index needs not: db.migrating.concurrently makes it repeatable, and it stops nobody."""

INSTEAD = {
    "adding-required-field": "give it a default, or add it without NOT NULL, fill it, and require it in a later one",
    "adding-field-with-default": "add it without the default, set the default, and fill the rows in a later revision",
    "adding-not-nullable-field": "add a check of it NOT VALID, validate that in a later revision, and require it there",
    "changing-column-type": "add a column of the new type, have both written, and drop the old one in a later release",
    "require-concurrent-index-creation": "a revision of its own, marked `concurrent`: see db.migrating.concurrently",
    "require-concurrent-index-deletion": "a revision of its own, marked `concurrent`: see db.migrating.concurrently",
    "adding-foreign-key-constraint": "add it with postgresql_not_valid=True, VALIDATE CONSTRAINT in a later revision",
    "constraint-missing-not-valid": "add it NOT VALID, and VALIDATE CONSTRAINT in a later revision",
    "disallowed-unique-constraint": "make a unique index concurrently, and ADD CONSTRAINT ... USING INDEX after that",
    "ban-drop-column": "once no release reads it, say so in the revision: accepts = {'ban-drop-column': 'why'}",
    "ban-drop-table": "once no release reads it, say so in the revision: accepts = {'ban-drop-table': 'why'}",
    "renaming-column": "add the new column, have both written, and drop the old one in a later release",
    "renaming-table": "make the new table beside the old one, and drop that in a later release",
}
"""What to do instead, by rule; `nox -s generate` writes most of it by itself."""


@dataclass(frozen=True)
class Sent:
    """What a revision sends to the database.

    Attributes:
        script: the revision.
        statements: in order, the limits that the runner sets among them.
    """

    script: Script
    statements: tuple[str, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The rules that the revision has a reason to break."""
        accepts: dict[str, str] = getattr(self.script.module, "accepts", {})
        for rule, reason in accepts.items():
            assert reason.strip(), f"{Path(self.script.path).name} accepts {rule} and does not say why"
        return tuple(accepts)

    @property
    def concurrent(self) -> bool:
        """Whether it runs outside of a transaction."""
        return bool(getattr(self.script.module, "concurrent", False))


@contextmanager
def recorded() -> Generator[list[str]]:
    """Record what is sent to any database while the block runs, but for what only looks and for Alembic's own table."""
    found: list[str] = []

    def record(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT") and "alembic_version" not in statement:
            found.append(PARAMETER.sub("NULL", statement))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def sent_by(folder: Path, link: Postgres) -> list[Sent]:
    """Return what each revision sends to an empty database, the first one first."""
    scripts = list(read_scripts(settings(folder)).walk_revisions())
    sent: list[Sent] = []
    for script in reversed(scripts):
        with recorded() as statements:
            upgrade(link, to=script.revision, folder=folder)
        sent.append(Sent(script, tuple(statements)))
    return sent


def lint(sent: Sent) -> list[str]:
    """Return what the linter finds in the SQL of a revision, and what to do instead, in a line for each."""
    excluded = (*sent.accepted, *(ROBUST if sent.concurrent else ()))
    command = [
        *(str(Path(sys.executable).with_name("squawk")), f"--config={CONFIGURATION}", "--reporter=json"),
        *(f"--exclude={rule}" for rule in excluded),
        *(["--no-assume-in-transaction"] if sent.concurrent else []),
    ]
    text = "\n".join(f"{statement};" for statement in sent.statements)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return [_told(Path(sent.script.path).name, found, text) for found in json.loads(done.stdout or "[]")]


def _told(file: str, found: dict[str, object], text: str) -> str:
    rule = str(found["rule_name"])
    statement = text.splitlines()[int(str(found["line"]))].strip()
    return f"{file}: {rule}: {found['message']} Instead: {INSTEAD.get(rule) or found['help']}. In: {statement}"


class Revisions:
    """Migrations of the test's own: the packaged ones, and those that it adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, upgrade: str, downgrade: str = "pass", head: str = "") -> None:
        """Add a revision after the others.

        Args:
            upgrade: its way up, a line of Python.
            downgrade: its way down, likewise.
            head: what else there is at its top.
        """
        after = read_scripts(settings(self.folder)).get_current_head()
        number = len(list((self.folder / "versions").glob("*.py")))
        (self.folder / "versions" / f"added_{number}.py").write_text(
            f"from alembic import op\nfrom db.migrating.concurrently import create_index, drop_index\n"
            f"revision, down_revision = 'added{number}', {after!r}\n{head}\n"
            f"def upgrade():\n    {upgrade}\ndef downgrade():\n    {downgrade}\n"
        )


@pytest.fixture
def revisions(folder: Path) -> Revisions:
    """Return migrations that the test may add to."""
    return Revisions(folder)


@pytest.fixture
def linted(scratch: Callable[[], Postgres]) -> Callable[[Path], list[str]]:
    """Return what lints the revisions of a folder."""
    return lambda folder: [line for sent in sent_by(folder, scratch()) for line in lint(sent)]
