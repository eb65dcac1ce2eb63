"""`nox -s push`: the models straight to the local database, to try them before there is a revision."""

import argparse
from collections.abc import Sequence

from core.names import LOCAL
from db.migrating import is_at_head
from db.pushing import Plan, apply, drop_note, plan, was_pushed
from local.databases import scratch_databases
from local.errors import LocalError
from local.schema import migrated

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
    say, stop = database.screen.line, database.stop
    # What revisions do to rows is done by nothing else: once the schema is what they make, they are never applied.
    if not was_pushed(database.link) and not is_at_head(database.link):
        migrated(database.stage, say, stop)
    with scratch_databases(database.stage) as (scratch,):
        planned = plan(database.link, scratch)
    for line in _told(planned):
        say(line)
    if planned.loses and not accepted:
        raise DataLossError(planned.loses)
    # Even where nothing is left to do: someone may have renamed a column by hand, of which there is no revision yet.
    apply(database.link, planned, say=say, stop=stop)
    reverted = drop_note(database.link, lambda: scratch_databases(database.stage), say=say, stop=stop)
    say(_done(planned, reverted=reverted))
    return 0


def _done(planned: Plan, *, reverted: bool) -> str:
    if not planned.differences:
        done = "the local database is what the models say: nothing to push"
        return done if reverted else f"{done}; `nox -s generate -- MESSAGE` writes the revision of it"
    if reverted:
        return "pushed; the local database is what its revision makes: there is nothing to generate"
    return "pushed; `nox -s generate -- MESSAGE` writes the revision of it once it is as it should be"


def _told(planned: Plan) -> list[str]:
    return [*(f"{statement};" for statement in planned.statements), *(f"warning: {line}" for line in planned.warnings)]
