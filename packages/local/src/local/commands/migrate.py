"""`nox -s migrate`: brings the database of a stage to head."""

import argparse

from core.names import LOCAL
from db.pushing import was_pushed
from local.schema import PUSHED, migrated

from .database import LocalDatabase, with_database
from .screen import Screen


def run(arguments: argparse.Namespace) -> int:
    """Migrate the local database, or that of a deployed stage; return 0 if it is at head."""
    if arguments.stage == LOCAL:
        return with_database(arguments, "migrate", _migrate)
    from local.deployed import migrate  # noqa: PLC0415  # the AWS SDK is for a deployed stage only

    return migrate(arguments.stage, Screen().line, root=arguments.stage_folder.parent)


def _migrate(database: LocalDatabase) -> int:
    done = migrated(database.stage, database.screen.line, database.stop)
    if done.after is None:
        database.screen.line("there is no revision yet: `nox -s generate -- MESSAGE` makes one")
    else:
        database.screen.line(f"at head {done.after}" if done.applied else f"at head {done.after}, nothing to do")
    if was_pushed(database.link):
        database.screen.line(PUSHED)
    return 0
