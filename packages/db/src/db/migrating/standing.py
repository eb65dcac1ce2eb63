"""Whether a database is at head, told without Alembic: a start at head should not wait for it.

The heads are read from the text of the revision files, which are not imported, and the database is asked once.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psycopg

from core import Postgres

from .talking import answering, opened

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"
"""The folder of the migrations, packaged with db."""

_Names = dict[str, object]


def is_at_head(link: Postgres, *, folder: Path = MIGRATIONS) -> bool:
    """Return whether the database is at the head of these migrations.

    Where it can't be told at a glance (the sources are not there or can't be read, there are two heads, the database's
    revision is none of these), it is not: `upgrade` finds out why.

    Raises:
        ConnectionFailedError: the database does not answer in time.
    """
    heads = heads_in(folder)
    return len(heads) == 1 and database_heads(link) == heads


def heads_in(folder: Path) -> frozenset[str]:
    """Return the revisions that no other follows, by the sources of a folder.

    None where there are no sources, and where one can't be read: it is half merged, say.
    """
    revisions: set[str] = set()
    followed: set[str] = set()
    try:
        for _, revision, follows in declared(folder):
            if revision is not None:
                revisions.add(revision)
                followed.update(follows)
    except (OSError, SyntaxError, ValueError):  # the last: it is no UTF-8, or holds a NUL
        return frozenset()
    return frozenset(revisions - followed)


def declared(folder: Path) -> Iterable[tuple[str, str | None, tuple[str, ...]]]:
    """Give each revision file of a folder by its name, with its id, if it has one, and the ids that it follows.

    Raises:
        OSError: a file can't be read.
        SyntaxError: one is no Python.
        ValueError: one is no text.
    """
    for file in sorted((folder / "versions").glob("*.py")):
        names = _names(file.read_text(encoding="utf-8"))
        revision = names.get("revision")
        yield file.name, revision if isinstance(revision, str) else None, tuple(_ids(names.get("down_revision")))


def database_heads(link: Postgres) -> frozenset[str]:
    """Return the revisions that the database is at; none before the first migration.

    Raises:
        ConnectionFailedError: the database does not answer in time.
    """
    with opened(link) as connection, answering():
        try:
            return frozenset(row[0] for row in connection.execute("SELECT version_num FROM alembic_version"))
        except psycopg.errors.UndefinedTable:
            return frozenset()


def _names(source: str) -> _Names:
    """Return the constants that a revision file begins with: what comes before its first function."""
    head = source.partition("\ndef ")[0]
    try:
        body = ast.parse(head).body
    except SyntaxError:  # it is not cut where a statement ends
        body = ast.parse(source).body
    return dict(_assigned(body))


def _assigned(body: Iterable[ast.stmt]) -> Iterable[tuple[str, object]]:
    for statement in body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                try:
                    yield name, ast.literal_eval(value)
                except ValueError:  # no constant
                    continue
            case _:
                continue


def _ids(down_revision: object) -> Iterable[str]:
    match down_revision:
        case str():
            return (down_revision,)
        case tuple() | list():
            return (revision for revision in down_revision if isinstance(revision, str))  # pyright: ignore[reportUnknownVariableType]  # a literal's items
        case _:
            return ()
