"""PostgreSQL, or the RDS Proxy before it: psycopg, with every wait on a deadline of ours.

psycopg's own `connect_timeout` rounds up to 2 s and resolves names first; `statement_timeout` says nothing while a
server is frozen (both measured). So the connection is made by libpq's non-blocking calls, the name resolved apart,
and every wait of a statement ends with the invocation.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow, tuple_row

from core import invocation
from core.auth import Iam
from core.errors import ConnectionFailedError, DeadlineExceededError, Failure
from core.kinds import Postgres
from core.resource import Resource

from .kept import Kept
from .resolve import resolve
from .sign_in import password
from .steps import READ, WRITE, Steps, readable, run

if TYPE_CHECKING:
    from psycopg.abc import PQGen

CONNECT_SECONDS = 5.0
"""How long opening and checking a connection may take where the invocation does not end before."""

T = TypeVar("T")


class StatementDeadlineError(DeadlineExceededError, psycopg.OperationalError):
    """A statement did not end within the invocation's time; its connection is closed.

    It is also psycopg's `OperationalError`, so that libraries over psycopg see a lost connection.
    """

    def __init__(self) -> None:
        DeadlineExceededError.__init__(self, "a statement on PostgreSQL")


class Connection(psycopg.Connection[TupleRow]):
    """psycopg's connection, whose statements keep within the invocation's time.

    Attributes:
        invocation: the invocation that it was last handed out in.
    """

    invocation = 0

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing unasked: as a rule that it ended the connection."""
        return not self.closed and not readable(self.pgconn.socket)

    def wait(self, gen: "PQGen[T]", interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for a statement; close the connection when its time is up.

        Raises:
            StatementDeadlineError: the invocation's time is up.
        """
        ends = invocation.ends()
        if ends is None:
            return super().wait(gen, interval, timeout)
        left = max(0.0, ends - monotonic())
        try:
            return super().wait(gen, interval, left if timeout is None else min(left, timeout))
        except psycopg.OperationalError as error:
            # psycopg's error for a wait that took too long has no public name.
            if monotonic() < ends or error.sqlstate is not None:
                raise
            self.pgconn.finish()
            raise StatementDeadlineError from error


def connection(link: Postgres | None = None) -> Connection:
    """Return this environment's connection to PostgreSQL, ready for work.

    It is opened on first use and kept across invocations. It commits each statement by itself; for more than one
    in a transaction use `with connection().transaction():`, inside of which it stays the same. Before it is
    returned it is checked if it was idle or if the server has closed it, and replaced once if it has died.

    Args:
        link: which database; `Resource.MyPostgres` if None.

    Raises:
        ConnectionFailedError: there is none to be had in time.
    """
    link = link or Resource.MyPostgres
    kept = _kept(link)
    held = _clean(kept)
    if held is not None and (_in_transaction(held) or (held.is_quiet and not kept.idle)):
        kept.put(held)
    else:
        held = run(kept.checked(_connector(link), select_one, invocation.until(CONNECT_SECONDS)))
    held.invocation = invocation.number()
    return held


def probe(link: Postgres, until: float) -> Steps[None]:
    """Ask PostgreSQL for `SELECT 1` on this environment's connection, in steps.

    Raises:
        ConnectionFailedError: no answer, or another one.
    """
    kept = _kept(link)
    _clean(kept)
    yield from kept.exchange(_connector(link), select_one, until)


def close_connections() -> None:
    """Close every connection that this environment keeps."""
    for kept in _KEPT.values():
        kept.close()


def connect(link: Postgres, until: float) -> Steps[Connection]:
    """Open a new connection, in steps.

    Raises:
        ConnectionFailedError: it could not be opened in time.
    """
    addresses = yield from resolve(link.host, until)
    pgconn = yield from _connect_libpq(_conninfo(link, [numeric for _, numeric in addresses]), until)
    connection = Connection(pgconn, tuple_row)
    connection.prepare_threshold = None  # a prepared statement would pin the proxy's connection
    connection.autocommit = True
    return connection


def select_one(connection: Connection, until: float) -> Steps[None]:
    """Send `SELECT 1` and check the answer, in steps.

    Raises:
        ConnectionFailedError: the connection broke, or the server answered otherwise.
    """
    pgconn = connection.pgconn
    try:
        pgconn.send_query(b"SELECT 1")
        while pgconn.flush():
            if (yield pgconn.socket, READ | WRITE, until) & READ:
                pgconn.consume_input()
        answers: list[bytes | None] = []
        while True:
            while pgconn.is_busy():
                yield pgconn.socket, READ, until
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                break
            if result.status != pq.ExecStatus.TUPLES_OK:
                raise _answered(result)
            answers.append(result.get_value(0, 0))
    except psycopg.Error as error:
        raise ConnectionFailedError("closed", f"PostgreSQL closed the connection: {error}") from error
    if answers != [b"1"]:
        raise ConnectionFailedError("protocol", f"PostgreSQL answered SELECT 1 with {len(answers)} rows")


_KEPT: dict[Postgres, Kept[Connection]] = {}


def _kept(link: Postgres) -> Kept[Connection]:
    return _KEPT.setdefault(link, Kept())


def _connector(link: Postgres) -> Callable[[float], Steps[Connection]]:
    return lambda until: connect(link, until)


def _clean(kept: Kept[Connection]) -> Connection | None:
    """Return the kept connection, if it is open and a former invocation has left nothing on it.

    A transaction that a former invocation left open is its own: it ends with the connection, and nothing of it
    reaches this one.
    """
    held = kept.peek()
    if held is None or (not held.closed and not (_in_transaction(held) and held.invocation != invocation.number())):
        return held
    kept.close()
    return None


def _in_transaction(connection: Connection) -> bool:
    return connection.pgconn.transaction_status != pq.TransactionStatus.IDLE


def _conninfo(link: Postgres, addresses: list[str]) -> str:
    """Return libpq's parameters; what is left out here it would take from the environment or the home folder."""
    secure = {"sslmode": "verify-full", "sslrootcert": link.ca_file, "sslcertmode": "disable"}
    signed = isinstance(link.auth, Iam)
    return make_conninfo(
        "",
        # One name for each address: libpq tries them in turn, and verifies each certificate against the name.
        host=",".join([link.host] * len(addresses)),
        hostaddr=",".join(addresses),
        port=link.port,
        dbname=link.database,
        user=link.user,
        password=password(link),
        application_name="",
        client_encoding="UTF8",
        gssencmode="disable",
        # A token is sent as it is, over verified TLS; a password never is.
        require_auth="password" if signed else "scram-sha-256",
        target_session_attrs="any",
        **(secure if link.tls else {"sslmode": "disable"}),
    )


def _connect_libpq(conninfo: str, until: float) -> Steps["pq.abc.PGconn"]:
    pgconn = pq.PGconn.connect_start(conninfo.encode())
    try:
        pgconn.nonblocking = 1
        while pgconn.status != pq.ConnStatus.BAD:
            status = pgconn.connect_poll()
            if status == pq.PollingStatus.OK:
                return pgconn
            if status == pq.PollingStatus.FAILED:
                break
            yield pgconn.socket, READ if status == pq.PollingStatus.READING else WRITE, until
        raise _refused(pgconn.get_error_message())
    except BaseException:
        pgconn.finish()
        raise


_SAID: tuple[tuple[str, Failure], ...] = (
    ("authentication failed", "authentication"),
    ("authentication method requirement", "authentication"),
    ("no pg_hba.conf entry", "authentication"),
    ("is not permitted to log in", "authentication"),
    ("no credentials for the role", "authentication"),  # RDS Proxy's, as the next
    ("provided for the role", "authentication"),
    ("permission denied for database", "authentication"),
    ("does not exist", "configuration"),  # the database; an unknown role is a failed authentication
    ("starting up", "unavailable"),
    ("shutting down", "unavailable"),
    ("in recovery mode", "unavailable"),
    ("too many c", "unavailable"),  # connections, or clients
    ("remaining connection slots", "unavailable"),
    ("Connection refused", "refused"),
    ("No route to host", "unreachable"),
    ("Network is unreachable", "unreachable"),
    ("certificate", "tls"),
    ("does not support SSL", "tls"),
    ("SSL error", "tls"),
    ("received invalid response", "protocol"),
    ("expected authentication request", "protocol"),
    ("server closed the connection", "closed"),
    ("Connection reset", "closed"),
)
"""libpq reports a failed connection in words only: these are looked for, in this order."""


def _refused(message: str) -> ConnectionFailedError:
    return ConnectionFailedError(_failure(message), f"connecting to PostgreSQL: {message.strip()}")


def _failure(message: str) -> Failure:
    for words, failure in _SAID:
        if words in message:
            return failure
    return "error"


def _answered(result: "pq.abc.PGresult") -> ConnectionFailedError:
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    message = result.get_error_message().strip()
    # Class 57P: the server ends this connection, or does not take any now (PostgreSQL's error codes).
    return ConnectionFailedError("closed" if state.startswith("57P") else "error", f"PostgreSQL answered {message}")
