"""Which statements would pin a connection of RDS Proxy: it then serves one client until that client leaves.

    with recorded(stage, link.database) as statements:
        ...  # use your functions
    assert pins(statements) == []

PgBouncer, which stands in for RDS Proxy, does not pin: it lets a SET reach the next client without a word. So what
PostgreSQL has logged (`local.testing.statements`) is held against AWS's list instead:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html

The statements are read by PostgreSQL's own grammar (pglast, the extra `pinning`). Two things are beyond it. What a
function or a DO block does inside is not seen, by RDS Proxy neither: what it leaves on the connection reaches others.
And AWS's list says "SET commands"; that SET LOCAL, whose effect ends with its transaction, is no exception for
PostgreSQL is nowhere said either, so who wants no doubt uses none: `ALTER ROLE ... SET` does the same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from pglast import ast, parse_sql
from pglast.parser import ParseError

from .statements import Statement

MAX_BYTES: Final = 16 * 1024
"""A statement whose text is longer than this pins."""

_LOCKING: Final = frozenset(
    {
        "pg_advisory_lock",
        "pg_advisory_lock_shared",
        "pg_advisory_unlock",
        "pg_advisory_unlock_all",
        "pg_advisory_unlock_shared",
        "pg_try_advisory_lock",
        "pg_try_advisory_lock_shared",
    }
)
"""AWS names the locks of a transaction (`pg_advisory_xact_lock` and so on) as those that do not pin."""
_SEQUENCES: Final = frozenset({"currval", "lastval", "nextval", "setval"})


@dataclass(frozen=True, slots=True)
class Pin:
    """A statement that would pin, and why.

    Attributes:
        reason: what in it does.
        text: its text, shortened.
        database: the database that it was for.
        user: who sent it.
    """

    reason: str
    text: str
    database: str
    user: str


def pins(statements: Iterable[Statement]) -> list[Pin]:
    """Return what of the statements would pin, each with its reason; a statement may have several."""
    return [
        Pin(reason, each.text[:_SHOWN], each.database, each.user)
        for each in statements
        for reason in dict.fromkeys(_reasons(each))
    ]


_SHOWN = 200
"""Characters of a statement's text that are shown."""


def _reasons(statement: Statement) -> Iterator[str]:
    size = len(statement.text.encode())
    if size > MAX_BYTES:
        yield f"a text of {size} bytes, more than 16 KB"
    if statement.prepared is not None:
        yield f"a prepared statement, by a message of the protocol: {statement.prepared}"
    try:
        parsed = parse_sql(statement.text)
    except ParseError as error:
        if not statement.failed:  # else the server could not read it either
            yield f"unknown: it can't be read ({error})"
        return
    for node in _nodes(parsed):
        rule = _RULES.get(type(node))
        reason = None if rule is None else rule(node)
        if reason is not None:
            yield reason


def _nodes(parsed: tuple[Any, ...]) -> Iterator[ast.Node]:
    """Return every node of parsed statements; not by recursion, since an expression may be very deep."""
    left: list[object] = [parsed]
    while left:
        value = left.pop()
        if isinstance(value, ast.Node):
            yield value
            left += [getattr(value, member) for member in value]
        elif isinstance(value, tuple):
            left += cast("tuple[object, ...]", value)


def _set(statement: ast.RawStmt) -> str | None:
    match statement.stmt:
        # That of ALTER ROLE and the like is within their node; SET TRANSACTION is about the one it stands in.
        case ast.VariableSetStmt(is_local=False, name=name) if name not in ("TRANSACTION", "TRANSACTION SNAPSHOT"):
            return f"a SET or RESET beyond the transaction: {name or 'ALL'}"
        case _:
            return None


def _call(node: ast.FuncCall) -> str | None:
    name = node.funcname[-1].sval if node.funcname else ""
    if name in _LOCKING:
        return f"a lock that outlives the transaction: {name}"
    if name in _SEQUENCES:
        return f"the state of a sequence: {name}"
    if name == "set_config" and not _is_local(node.args or ()):
        return "set_config that is not plainly for the transaction alone"
    return None


def _is_local(arguments: tuple[Any, ...]) -> bool:
    """Return whether the third argument of `set_config` is the constant `true`."""
    match arguments:
        case (_, _, ast.A_Const(val=ast.Boolean(boolval=True))):
            return True
        case _:
            return False


def _relation(node: ast.RangeVar) -> str | None:
    if node.relpersistence == "t" or node.schemaname == "pg_temp":
        return f"a temporary table, sequence or view: {node.relname}"
    return None


def _because(reason: str) -> Callable[[Any], str]:
    return lambda _: reason


_RULES: Final[dict[type[ast.Node], Callable[[Any], str | None]]] = {
    ast.RawStmt: _set,
    ast.FuncCall: _call,
    ast.RangeVar: _relation,
    ast.PrepareStmt: _because("a prepared statement: PREPARE"),
    ast.ExecuteStmt: _because("a prepared statement: EXECUTE"),
    ast.DeallocateStmt: _because("a prepared statement: DEALLOCATE"),
    ast.DiscardStmt: _because("the state of the session: DISCARD"),
    ast.DeclareCursorStmt: _because("a cursor: DECLARE"),
    ast.FetchStmt: _because("a cursor: FETCH or MOVE"),
    ast.ClosePortalStmt: _because("a cursor: CLOSE"),
    ast.ListenStmt: _because("a channel of notifications: LISTEN"),
    ast.UnlistenStmt: _because("a channel of notifications: UNLISTEN"),
    ast.LoadStmt: _because("a library: LOAD"),
}
"""What each kind of node says, None if it does not pin. NOTIFY is not on AWS's list."""
