"""Ending index statements that outlive the run that sent them.

A transaction's statement notices that its client has gone (`client_connection_check_interval`). A concurrent index has
no transaction to set that in, and goes on after a kill, a Lambda timeout or a deadline, waiting for the application's
transactions if need be; the next run would wait behind it. Whoever holds the migrators' lock knows that nobody else
migrates: a statement of the same role on the same index is one that was left.
"""

import re
from typing import Final

from sqlalchemy import Connection, text

from .errors import AbandonedError

END_SECONDS: Final = 10.0
"""How long the server may take to end one: it has nothing to undo but its own entries."""

# By their text, as the server's report of progress tells neither of a DROP nor of what still waits for its table.
_FOUND: Final = text("""\
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND state = 'active'
AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query ~ :sent""")
_END: Final = text("SELECT pg_terminate_backend(:process, :milliseconds)")


def end_abandoned(connection: Connection, index: str) -> None:
    """End each statement on a concurrent index that a former run has left, and wait for its end.

    Args:
        connection: of who holds the lock, as the role that migrates; outside of a transaction.
        index: the name of the index.

    Raises:
        AbandonedError: one does not end in time.
    """
    quoted = connection.dialect.identifier_preparer.quote(index)
    sent = rf"^\s*(CREATE( UNIQUE)?|DROP) INDEX CONCURRENTLY (IF (NOT )?EXISTS )?{re.escape(quoted)}(\s|$)"
    for process in connection.scalars(_FOUND, {"sent": sent}).all():
        connection.execute(_END, {"process": process, "milliseconds": round(END_SECONDS * 1000)})
    # Asked again: of one that had ended by itself the server says that it could not be ended.
    for process in connection.scalars(_FOUND, {"sent": sent}):
        raise AbandonedError(process, index, END_SECONDS)
