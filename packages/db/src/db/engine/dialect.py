"""SQLAlchemy's dialect of PostgreSQL over psycopg, for a connection that is kept: it asks and sets nothing."""

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from .lease import Lease

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel

URL: Final = "postgresql+kept://"
"""What `create_engine` finds the dialect by. It says nothing of where the database is: the engine's creator does."""


class KeptDialect(PGDialect_psycopg):
    """The dialect of `db.engine`.

    A new connection costs no statement beyond the first of the handler: what the stock dialect asks of the server
    at its first connection, psycopg knows from the server's greeting.
    """

    driver = "kept"
    supports_statement_cache = True
    # Streaming would declare a cursor, which pins a proxy's connection: such results are fetched whole instead.
    supports_server_side_cursors = False
    # An INSERT of many rows is cut into statements whose text stays below the 16 KB from which on a proxy pins:
    # a parameter takes at most some 32 bytes, as `$400::TIMESTAMP WITH TIME ZONE, `.
    insertmanyvalues_max_parameters = 400

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # those of SQLAlchemy's own dialect
        # hstore would be looked up. pyright: SQLAlchemy's own signature has no types.
        super().__init__(use_native_hstore=False, **kwargs)  # pyright: ignore[reportUnknownMemberType]

    def on_connect(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # None is what the root allows
        """Return nothing that would be done to a new connection: this one has been here before."""

    def do_terminate(self, dbapi_connection: "DBAPIConnection") -> None:
        """Close what can't be used again."""
        cast("Lease", dbapi_connection).terminate()

    def get_driver_connection(self, connection: "DBAPIConnection") -> Any:  # noqa: ANN401  # as SQLAlchemy has it
        """Return psycopg's connection."""
        return cast("Lease", connection).driver

    def get_default_isolation_level(self, dbapi_conn: "DBAPIConnection") -> "IsolationLevel":  # noqa: ARG002
        """Return PostgreSQL's default."""
        return "READ COMMITTED"

    def _get_server_version_info(self, connection: "Connection") -> tuple[int, int]:
        return divmod(_lease(connection).info.server_version, 10_000)

    def _get_default_schema_name(self, connection: "Connection") -> str:  # noqa: ARG002
        return "public"  # the only one that the application may use (see `db.roles`)

    def _set_backslash_escapes(self, connection: "Connection") -> None:
        self._backslash_escapes = _lease(connection).info.parameter_status("standard_conforming_strings") == "off"


def _lease(connection: "Connection") -> Lease:
    # The engine's creator makes nothing else.
    return cast("Lease", connection.connection.dbapi_connection)


registry.register("postgresql.kept", __name__, KeptDialect.__name__)
