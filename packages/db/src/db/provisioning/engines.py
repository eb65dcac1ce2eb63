"""Waiting until the engines answer and let the provision function in.

What CloudFormation calls complete may not serve yet: a proxy looks for its target, a domain starts its security
plugin. And a policy that was just written takes seconds to minutes until RDS, ElastiCache and OpenSearch know it, so
that a refused sign-in is no failure before that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

from core import ConnectionFailedError, Iam, OpenSearch, Postgres, Redis
from core.connections import opensearch, postgres, redis
from core.connections.steps import Steps, run_all
from core.errors import Failure

from .errors import EnginesNotReadyError, MasterRefusedError
from .steps import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for engines, in seconds.

    Attributes:
        ready: until one answers at all.
        sign_in: from its first refusal to sign in: longer than IAM takes to make a policy known.
        attempt: for one attempt.
        pause: between two attempts.
    """

    ready: float = 300.0
    sign_in: float = 180.0
    attempt: float = 5.0
    pause: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """What is provisioned.

    Attributes:
        postgres: the database, as the owner of its schema: on AWS the master.
        redis: the cache, as the application's user.
        opensearch: the search domain, as its master.
    """

    postgres: Postgres
    redis: Redis
    opensearch: OpenSearch


def wait_for_database(link: Postgres, until: float, *, patience: Patience, say: Say) -> str:
    """Wait until PostgreSQL lets the owner in; see `wait_for_all`."""
    return _wait([_database(link)], until, patience, say)


def wait_for_all(engines: Engines, until: float, *, patience: Patience, say: Say) -> str:
    """Wait until every engine answers and lets this function in; return which, in words.

    A red OpenSearch will do: a shard that is lost is no reason to keep a release, or its rollback, from ending.

    Args:
        engines: which.
        until: when to give up (`time.monotonic`).
        patience: when to give up before that.
        say: is told what is waited for, when that changes.

    Raises:
        EnginesNotReadyError: one did not, in time. `MasterRefusedError` if it is the sign-in of the master by IAM.
    """
    waited = [
        _database(engines.postgres),
        _Waited("Redis", lambda until: redis.probe(engines.redis, until)),
        _Waited("OpenSearch", lambda until: opensearch.probe(engines.opensearch, until), enough=frozenset({"red"})),
    ]
    try:
        return _wait(waited, until, patience, say)
    finally:
        redis.close_connections()
        opensearch.close_connections()


@dataclass(slots=True, eq=False)
class _Waited:
    """An engine that is waited for.

    Attributes:
        name: its name.
        probe: signs in and asks something of it.
        enough: failures that are no reason to wait.
        master: whom a refusal by IAM keeps out, if that has a remedy of its own.
        last: its last failure.
        refused_since: when it first refused the sign-in, of those in a row (`time.monotonic`).
    """

    name: str
    probe: Callable[[float], Steps[None]]
    enough: frozenset[Failure] = frozenset()
    master: str | None = None
    last: ConnectionFailedError | None = field(default=None, init=False)
    refused_since: float | None = field(default=None, init=False)


def _database(link: Postgres) -> _Waited:
    master = link.user if isinstance(link.auth, Iam) else None
    return _Waited("PostgreSQL", lambda until: _sign_in(link, until), master=master)


def _sign_in(link: Postgres, until: float) -> Steps[None]:
    connection = yield from postgres.connect(link, until)
    try:
        yield from postgres.select_one(connection, until)
    finally:
        connection.close()


def _wait(waited: list[_Waited], until: float, patience: Patience, say: Say) -> str:
    began = monotonic()
    until = min(until, began + patience.ready)
    left = waited
    while left := _ask(left, min(until, monotonic() + patience.attempt), say):
        for each in left:
            _check_patience(each, began, until, patience)
        sleep(patience.pause)
    return " and ".join(each.name for each in waited) + (" answers" if len(waited) == 1 else " answer")


def _ask(waited: list[_Waited], until: float, say: Say) -> list[_Waited]:
    """Ask engines side by side; return those that are still to be waited for."""
    left: list[_Waited] = []
    for each, end in zip(waited, run_all([each.probe(until) for each in waited]), strict=True):
        if end.error is None:
            continue
        if not isinstance(end.error, ConnectionFailedError):
            raise end.error
        if each.last is None or each.last.failure != end.error.failure:
            say(f"{each.name} is not ready ({end.error.failure}): {end.error}")
        each.last = end.error
        if end.error.failure not in each.enough:
            left.append(each)
    return left


def _check_patience(waited: _Waited, began: float, until: float, patience: Patience) -> None:
    """Make sure that there is reason to go on waiting.

    Raises:
        EnginesNotReadyError: there is none, or no time for another attempt.
    """
    error, now = waited.last, monotonic()
    if error is None:
        return
    refused = error.failure == "authentication"
    waited.refused_since = (waited.refused_since or now) if refused else None
    tried_long = refused and now - (waited.refused_since or now) >= patience.sign_in
    # One that is cut short would tell of nothing but that.
    another = now + patience.pause + patience.attempt <= until
    # What the environment lacks, or the database that is not there, does not come by waiting.
    if another and not tried_long and error.failure != "configuration":
        return
    if refused and waited.master is not None:
        raise MasterRefusedError(waited.master, error.failure, now - began, str(error)) from error
    raise EnginesNotReadyError(waited.name, error.failure, now - began, str(error)) from error
