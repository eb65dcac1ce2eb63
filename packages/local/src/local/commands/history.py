"""`nox -s history`: where the local database stands. Nothing is migrated by looking."""

import argparse

from db.migrating import Listed, history
from db.pushing import was_pushed
from local.schema import PUSHED

from .database import LocalDatabase, with_database


def run(arguments: argparse.Namespace) -> int:
    """List the revisions, the first one first; return 0."""
    return with_database(arguments, "history", _show)


def _show(database: LocalDatabase) -> int:
    listed = history(database.link)
    for revision in listed:
        database.screen.line(_line(revision))
    if was_pushed(database.link):
        database.screen.line(PUSHED)
    database.screen.line(_end(listed))
    return 0


def _line(listed: Listed) -> str:
    date = listed.date.strftime("%Y-%m-%d") if listed.date else " " * len("2026-01-01")
    state = "current" if listed.current else "applied" if listed.applied else "pending"
    return f"{'*' if listed.current else ' '} {date}  {listed.revision:<12}  {state}  {listed.message}"


def _end(listed: tuple[Listed, ...]) -> str:
    pending = sum(not revision.applied for revision in listed)
    if pending:
        return f"to apply: {pending}, by `nox -s migrate`"
    return "at head" if listed else "there is no revision yet: `nox -s generate -- MESSAGE` makes one"
