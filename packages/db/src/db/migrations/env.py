"""Alembic's environment: migrates on the connection that it is given, in the transaction that is open there."""

from alembic import context
from alembic.util import CommandError

connection = context.config.attributes.get("connection")
if connection is None:
    raise CommandError(
        "these migrations are not run by `alembic`, which knows no link and takes no lock:"
        " run `nox -s migrate`, `nox -s history`, `nox -s downgrade -- REVISION` or `nox -s generate -- MESSAGE`"
    )
context.configure(connection=connection, **context.config.attributes.get("configure", {}))
context.run_migrations()
