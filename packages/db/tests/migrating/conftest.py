"""Folders of migrations of a test's own, and a look at what they have done."""

import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from core import Postgres
from core.connections.sign_in import password
from db.migrating import MIGRATIONS

REVISION = '''\
"""{message}

Revision {revision}, after {after}; generated on 2026-11-22.
"""

from alembic import op
from db.migrating.concurrently import create_index, drop_index

revision = {revision!r}
down_revision = {after!r}
{attributes}


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


class Folder:
    """A folder of migrations.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "versions").mkdir(parents=True)
        shutil.copy(MIGRATIONS / "env.py", path)
        self._last: str | None = None

    def add(  # noqa: PLR0913  # a revision
        self,
        revision: str,
        up: str | Sequence[str],
        down: str | Sequence[str] = "SELECT 1",
        *,
        after: str | None = "",
        attributes: str = "",
        message: str = "a test's",
    ) -> Path:
        """Write a revision that sends statements, or holds lines of Python; it follows the last unless `after` says."""
        text = REVISION.format(
            revision=revision,
            message=message,
            after=self._last if after == "" else after,
            attributes=attributes,
            up=_body(up),
            down=_body(down),
        )
        self._last = revision
        file = self.path / "versions" / f"{revision}_test.py"
        file.write_text(text)
        return file

    def table(self, name: str) -> Path:
        """Write a revision that makes a table of its name, and drops it."""
        return self.add(name, f"CREATE TABLE {name} (id int PRIMARY KEY)", f"DROP TABLE {name}")


def _body(statements: str | Sequence[str]) -> str:
    lines = [f"op.execute({statements!r})"] if isinstance(statements, str) else statements
    return "\n".join(f"    {line}" for line in lines)


class Look:
    """A look at a database, as one of its roles."""

    def __init__(self, link: Postgres) -> None:
        self.connection = psycopg.connect(
            host=link.host,
            port=link.port,
            user=link.user,
            password=password(link),
            dbname=link.database,
            autocommit=True,
        )

    def close(self) -> None:
        """Close it."""
        self.connection.close()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        return self.connection.execute(query.encode()).fetchall()

    def tables(self) -> set[object]:
        """Return the names of the tables, but Alembic's own."""
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found} - {"alembic_version"}

    def version(self) -> list[object]:
        """Return what the database says it is at."""
        return [name for (name,) in self.rows("SELECT version_num FROM alembic_version")]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return an empty folder of migrations."""
    return Folder(tmp_path / "migrations")


@pytest.fixture
def look_at() -> Generator[Callable[[Postgres], Look]]:
    """Return what looks at a database; the looks end with the test."""
    with ExitStack() as opened:
        yield lambda link: opened.enter_context(closing(Look(link)))
