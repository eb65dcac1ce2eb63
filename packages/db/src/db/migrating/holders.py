"""Who holds the tables that a revision could not have: named, so that a person can end or await them.

It is asked after the attempt, which has given back its own locks. What they run is not told: it may hold values.
"""

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, text

_MOST: Final = 3
"""How many processes are named."""

# Of another role's processes, a role without pg_read_all_stats sees neither the state nor the time.
_HOLDERS: Final = text("""\
SELECT DISTINCT relname, pid, coalesce(usename, backend_type, ''), application_name, coalesce(state, ''),
extract(epoch FROM clock_timestamp() - xact_start)
FROM pg_locks JOIN pg_class ON pg_class.oid = relation JOIN pg_stat_activity USING (pid)
WHERE granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND pid <> pg_backend_pid()
ORDER BY 6 DESC NULLS LAST, pid, relname""")

_Row = tuple[str, int, str, str, str, float | None]


def held_by(connection: Connection, statement: str | None) -> str:
    """Return who holds what a statement needs, as far as that can be told; nothing if nobody does any more.

    Args:
        connection: to the database, besides what the statement ran in.
        statement: its text. Holders of the tables that it names come before holders of others.
    """
    rows: list[_Row] = [tuple(row) for row in connection.execute(_HOLDERS)]
    words = set(re.findall(r"\w+", statement or ""))
    named = [row for row in rows if row[0] in words] or rows
    processes: dict[int, list[_Row]] = {}
    for row in named:
        processes.setdefault(row[1], []).append(row)
    told = [_told(holds) for holds in list(processes.values())[:_MOST]]
    return "; ".join([*told, *_more(len(processes) - len(told))])


def _told(holds: list[_Row]) -> str:
    _, pid, user, application, state, seconds = holds[0]
    known = [f"process {pid} of the server", user, application, state]
    if seconds is not None:
        known.append(f"in its transaction for {seconds:.0f} s")
    return f"{', '.join(filter(None, known))}, holds {' and '.join(row[0] for row in holds)}"


def _more(count: int) -> Iterable[str]:
    return [f"{count} more"] if count else []
