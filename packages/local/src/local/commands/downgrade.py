"""`nox -s downgrade`: takes the local database back to a revision. There is no such thing for a deployed one."""

import argparse

from db.migrating import downgrade

from .database import LocalDatabase, with_database


def run(arguments: argparse.Namespace) -> int:
    """Take the local database back to `arguments.revision`: `base`, `-1`, an id or what it begins with; return 0."""

    def work(database: LocalDatabase) -> int:
        done = downgrade(database.link, arguments.revision, say=database.screen.line, stop=database.stop)
        nothing = "" if done.reverted else ", nothing to do"
        database.screen.line(f"at {done.after or 'base'}{nothing}")
        return 0

    return with_database(arguments, "downgrade", work)
