"""`nox -s push`: the models straight to the local database, to try them before there is a revision."""

import argparse
from collections.abc import Sequence

from core.names import LOCAL
from db.migrating import upgrade
from db.migrating.standing import database_heads
from db.pushing.apply import apply
from db.pushing.plan import Plan, plan
from local.databases import scratch_databases
from local.errors import LocalError

from .database import LocalDatabase, with_database


class NotLocalError(LocalError):
    """The models were to be pushed to a deployed stage."""

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"models are pushed to the local database only, not to {stage!r}: `nox -s generate -- MESSAGE` writes a"
            f" revision, and `nox -s migrate -- {stage}` applies it"
        )


class DataLossError(LocalError):
    """Rows would lose something, and nobody has said that they may.

    Attributes:
        loses: what they would lose.
    """

    def __init__(self, loses: Sequence[str]) -> None:
        super().__init__(
            f"nothing was done, as it may lose {'; '.join(loses)}: `nox -s push -- --accept-data-loss` does it anyway"
        )
        self.loses = tuple(loses)


def run(arguments: argparse.Namespace) -> int:
    """Bring the local database to the models, showing how; return 0 once it is what they say.

    `arguments.accept_data_loss` is whether rows may lose something by that, `arguments.stage` must be `local`.
    """
    stage: str = arguments.stage
    accepted: bool = arguments.accept_data_loss
    if stage != LOCAL:
        raise NotLocalError(stage)
    return with_database(arguments, "push", lambda database: _push(database, accepted=accepted))


def _push(database: LocalDatabase, *, accepted: bool) -> int:
    if not database_heads(database.link):  # it is new: what was pushed is noted on Alembic's own table
        upgrade(database.link, say=database.screen.line, stop=database.stop)
    with scratch_databases(database.stage) as (scratch,):
        planned = plan(database.link, scratch)
    if not planned.differences:
        database.screen.line("the local database is what the models say: nothing to push")
        return 0
    for line in _told(planned):
        database.screen.line(line)
    if planned.loses and not accepted:
        raise DataLossError(planned.loses)
    apply(database.link, planned)
    database.screen.line("pushed; `nox -s generate -- MESSAGE` writes the revision of it once it is as it should be")
    return 0


def _told(planned: Plan) -> list[str]:
    return [*(f"{statement};" for statement in planned.statements), *(f"warning: {line}" for line in planned.warnings)]
