"""What `db.engine` adds to an invocation over bare psycopg that does the same on the same kept connection."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from core import Postgres, invocation
from core.connections.postgres import close_connections, connection
from db.engine import engine, session
from db.models import Base, WishlistItem
from db.programs import program_engine

from .findings import Finding, Line
from .ratios import Ratio

Handler = Callable[[], object]

_BLOCK: Final = 10
"""Invocations in a row before the other's turn: short against what disturbs a machine."""
_WARMING: Final = 20
"""Invocations before any is counted."""

_READ: Final = b"SELECT title FROM wishlist_items WHERE id = %s"
_INSERT: Final = b"INSERT INTO wishlist_items (user_id, title, sort_order) VALUES (%s, %s, %s) RETURNING id"


@dataclass(frozen=True, slots=True)
class Work:
    """What an invocation does.

    Attributes:
        name: what it is called in the table.
        bare: it, with bare psycopg.
        ours: it, with `db.engine`; it returns the same.
    """

    name: str
    bare: Handler
    ours: Handler


class _Remaining:
    """A Lambda context with the time that a function has by default."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time."""
        return 10_000


def measure(link: Postgres, rounds: int, invocations: int, step: Callable[[str], None]) -> Finding:
    """Make invocations with bare psycopg and with `db.engine`, in turns, and compare their medians.

    Args:
        link: an empty database, as its owner.
        rounds: how many pairs.
        invocations: how many of each in each round.
        step: called after each round.
    """
    title = "db.engine against bare psycopg, an invocation"
    owner = program_engine(link)
    Base.metadata.create_all(owner)
    owner.dispose()
    lines: list[Line] = []
    try:
        for work in works(link):
            lines += _compared(work, rounds, invocations, lambda: step(title))
    finally:
        close_connections()
    return Finding(title, "ms", tuple(lines))


def works(link: Postgres) -> tuple[Work, ...]:
    """Return what is measured: reading a row that is there, in a transaction and without one, and writing one."""
    item = WishlistItem(user_id="ada", title="Castle", sort_order=1)
    with session(link) as opened:
        opened.add(item)
    known = item.id

    def read_bare() -> object:
        with connection(link).transaction():
            return connection(link).execute(_READ, [known]).fetchone()

    def read() -> object:
        with session(link) as opened:
            return opened.execute(select(WishlistItem.title).where(WishlistItem.id == known)).one()

    def read_alone_bare() -> object:
        return connection(link).execute(_READ, [known]).fetchone()

    def read_alone() -> object:
        with engine(link).connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
            return opened.execute(select(WishlistItem.title).where(WishlistItem.id == known)).one()

    def write_bare() -> object:
        with connection(link).transaction():
            made = connection(link).execute(_INSERT, ["ada", "Tower", 2]).fetchone()
            return connection(link).execute(_READ, made).fetchone()

    def write() -> object:
        with session(link) as opened:
            made = WishlistItem(user_id="ada", title="Tower", sort_order=2)
            opened.add(made)
            opened.flush()
            return opened.execute(select(WishlistItem.title).where(WishlistItem.id == made.id)).one()

    return (
        Work("SELECT in a transaction", read_bare, read),
        Work("SELECT alone", read_alone_bare, read_alone),
        Work("INSERT and SELECT in a transaction", write_bare, write),
    )


def _compared(work: Work, rounds: int, invocations: int, step: Callable[[], None]) -> list[Line]:
    again = "the same again: the noise"
    turns = {"bare": work.bare, again: work.bare, "ours": work.ours}
    for handler in turns.values():
        _block(handler, _WARMING)
    measured: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, seconds in _round(turns, invocations).items():
            measured[name].append(statistics.median(seconds))
        step()
    bare = measured["bare"]
    return [
        Line(f"{work.name}: bare psycopg", _milliseconds(bare)),
        Line(again, _milliseconds(measured[again]), Ratio.of(measured[again], bare), "bare psycopg"),
        Line(
            f"{work.name}: db.engine", _milliseconds(measured["ours"]), Ratio.of(measured["ours"], bare), "bare psycopg"
        ),
    ]


def _round(turns: dict[str, Handler], invocations: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    order = list(turns.items())
    for _ in range(-(-invocations // _BLOCK)):
        for name, handler in order:
            seconds[name] += _block(handler, _BLOCK)
        order.reverse()
    return seconds


def _block(handler: Handler, times: int) -> list[float]:
    seconds: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        with invocation.within(_Remaining()):
            handler()
        seconds.append(time.perf_counter() - began)
    return seconds


def _milliseconds(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000
