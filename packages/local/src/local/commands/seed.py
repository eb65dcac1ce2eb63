"""`nox -s seed`: sample data for the local database."""

import argparse
from time import monotonic

from db.seed import Rows, seed
from local.schema import migrated

from .database import LocalDatabase, with_database


def run(arguments: argparse.Namespace) -> int:
    """Write the sample data of `arguments.users` users, what is missing of it; return 0."""
    users: int = arguments.users
    return with_database(arguments, "seed", lambda database: fill(database, users))


def fill(database: LocalDatabase, users: int) -> int:
    """Bring the schema to head, write the sample data and say what there is of it; return 0."""
    began = monotonic()
    migrated(database.stage, database.screen.line, database.stop)
    seeded = seed(database.link, users, say=database.screen.line, stop=database.stop)
    for name, rows in seeded.tables.items() if users else ():
        database.screen.line(f"{name:<20} {_told(rows)}")
    database.screen.line(f"{seeded.inserted:,} rows written for {users:,} users in {monotonic() - began:.1f} s")
    return 0


def _told(rows: Rows) -> str:
    told = f"{rows.inserted:>9,} new, {rows.present:>9,} there already"
    return f"{told}, {rows.left_out:,} left out: rows of your own are in their place" if rows.left_out else told
