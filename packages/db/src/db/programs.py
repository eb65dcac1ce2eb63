"""SQLAlchemy for programs: migrations, sample data, the studio. What runs in Lambda uses `db.engine`."""

from sqlalchemy import Engine, QueuePool, create_engine

from core import Postgres, invocation
from core.connections import postgres
from core.connections.steps import run


def program_engine(link: Postgres, *, connections: int = 1) -> Engine:
    """Return an engine with connections of its own, opened when they are needed; `dispose` closes them.

    They are core's: with a deadline for connecting, a password or token read anew for each, and nothing that
    would pin a proxy's connection. An error that SQLAlchemy raises tells no parameter of the statement; what PostgreSQL
    says of a row that fails a check is in it.

    Args:
        link: which database, and as whom.
        connections: how many there may be at once.

    Raises:
        ConnectionFailedError: by whatever first needs a connection that can't be had in time.
    """

    def connect() -> postgres.Connection:
        connection = run(postgres.connect(link, invocation.until(postgres.CONNECT_SECONDS)))
        connection.autocommit = False  # SQLAlchemy begins and ends transactions
        return connection

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=postgres.CONNECT_SECONDS,  # whoever has a connection that hangs is no reason to wait longer
        hide_parameters=True,
        use_native_hstore=False,  # it would be looked for on each new connection
    )
