"""The parameter group: what PostgreSQL is told, and why. What is not here is as RDS and PostgreSQL have it.

Memory is among what is not: RDS sets `shared_buffers`, `effective_cache_size` and `maintenance_work_mem` by the
instance class. Nor are the limits of the application: they are its role's (`db.roles`), which RDS Proxy keeps.
"""

from dataclasses import dataclass
from typing import Final

from infra.versions import POSTGRES, major

FAMILY_VERSION: Final = major(POSTGRES)
"""The major version, which a parameter group is for."""

MAX_CONNECTIONS: Final = 125
"""Connections of the instance; the proxy takes four fifths of them (see `database.proxy`)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of PostgreSQL that differs from its default.

    Attributes:
        name: its name.
        value: its value, 0 and 1 where it is off or on.
        unit: what the value counts, as in `pg_settings`.
        reason: why it is not the default.
    """

    name: str
    value: str
    unit: str | None
    reason: str


PARAMETERS: Final = (
    Parameter("rds.force_ssl", "1", None, "No connection without TLS; RDS's default for 15, and not left to that."),
    Parameter(
        "max_connections",
        str(MAX_CONNECTIONS),
        None,
        "100 for the proxy and 25 for RDS, on every class: by default db.t4g.micro has about 110, r6g.large 1700.",
    ),
    Parameter(
        "random_page_cost", "1.1", None, "gp3 reads at random as fast as in order; the default of 4 is a disk's."
    ),
    Parameter("effective_io_concurrency", "200", None, "gp3 serves many reads at once; the default of 1 is a disk's."),
    Parameter("jit", "0", None, "Requests are short: compiling a plan costs more than it saves."),
    Parameter("shared_preload_libraries", "pg_stat_statements", None, "Counts and times of each statement."),
    Parameter("track_io_timing", "1", None, "Tells a statement that waits for storage from one that computes."),
    Parameter(
        "log_min_duration_statement", "500", "ms", "An answer of the API is due in 500 ms: what takes all of it."
    ),
    Parameter("log_lock_waits", "1", None, "Who waits for whom, once it takes longer than deadlock_timeout (1 s)."),
    Parameter("log_temp_files", "10240", "kB", "A sort that spills 10 MB to storage lacks an index, or memory."),
    Parameter(
        "idle_in_transaction_session_timeout",
        "600000",
        "ms",
        "The role `app` has a minute; what anybody else leaves open holds locks and stops vacuum, by RDS's default for "
        "a day.",
    ),
    Parameter("rds.log_retention_period", "1440", "min", "The logs are in CloudWatch: the instance keeps one day."),
)


def values() -> dict[str, str]:
    """Return the parameters as the parameter group takes them."""
    return {parameter.name: parameter.value for parameter in PARAMETERS}
