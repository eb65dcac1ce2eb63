"""`nox -s generate`: writes the revisions that bring the migrations to the models."""

import argparse
from pathlib import Path

from db.generating import Generated, NothingChanged, generate
from db.generating.naming import checked
from local.databases import scratch_databases
from local.schema import local_errors

from .database import LocalDatabase, with_database


def run(arguments: argparse.Namespace) -> int:
    """Write the revisions of what has changed, which `arguments.message` says in a few words; return 0."""
    message: str = arguments.message
    with local_errors():
        checked(message)  # before anything is started

    def work(database: LocalDatabase) -> int:
        with scratch_databases(database.stage, 2) as (model, migrated):
            told = _told(generate(message, model, migrated, stop=database.stop))
        for line in told:
            database.screen.line(line)
        return 0

    return with_database(arguments, "generate", work)


def _told(done: Generated | NothingChanged) -> list[str]:
    match done:
        case NothingChanged():
            return ["the migrations make what the models say: nothing was written"]
        case Generated(files, warnings):
            return [
                *(f"wrote {_shown(file)}" for file in files),
                *(f"warning: {warning}" for warning in warnings),
                "read what was written, then `nox -s migrate` applies it",
            ]


def _shown(file: Path) -> Path:
    """Return a file as a person finds it from where they are."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
