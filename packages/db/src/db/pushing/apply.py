"""Doing what was planned, in one transaction."""

import psycopg
from sqlalchemy import text

from core import Postgres
from db.comparing import differences, read
from db.programs import program_engine

from .errors import NotExpressedError, StatementFailedError
from .note import SET_NOTE
from .plan import Plan


def apply(link: Postgres, plan: Plan) -> None:
    """Bring a database to the models, all or nothing, and note in it that this was done.

    Args:
        link: the database, as the role that owns its schema; it has been migrated before, be it to no revision.
        plan: what is to be done.

    Raises:
        StatementFailedError: a statement failed.
        NotExpressedError: the statements don't make what the models say.
    """
    engine = program_engine(link)
    try:
        with engine.begin() as connection:
            for statement in plan.statements:
                try:
                    # As it is: what looks like a parameter is none.
                    connection.connection.cursor().execute(statement)
                except psycopg.Error as error:
                    raise StatementFailedError(statement, error.diag.message_primary or str(error)) from error
            if left := differences(plan.wanted, read(connection)):
                raise NotExpressedError(left)
            connection.execute(text(SET_NOTE))
    finally:
        engine.dispose()
