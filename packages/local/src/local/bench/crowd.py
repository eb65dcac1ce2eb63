"""A crowd of execution environments: processes forked from one that has imported everything and connected nowhere.

On AWS each has a processor of its own, here all share those of this machine. So their first requests, which connect,
are made by a few at a time; once every environment has its connection, all make their further requests at once.

It is a program of its own, so that what is forked is small and has no threads: it reads what to do from its standard
input and writes how it went to its standard output, both as JSON.
"""

import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final, Self, TypedDict

from sqlalchemy import text

from core import Postgres, invocation
from db.engine import session

from .errors import NotMeasurableError

TABLE: Final = "CREATE TABLE requests (environment int, number int, PRIMARY KEY (environment, number))"
"""What the environments write to: a row for each request."""

_INSERT = text("INSERT INTO requests VALUES (:environment, :number)")
_SELECT = text("SELECT count(*) FROM requests WHERE environment = :environment")
AT_ONCE: Final = 16
"""How many environments make their first request at a time."""
_PATIENCE_SECONDS: Final = 300.0
"""After which the crowd is given up."""
_INVOCATION_SECONDS: Final = 30.0
"""What an HTTP API gives a function at most."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is to be done.

    Attributes:
        link: the database, encoded; it has the table.
        environments: how many.
        requests: how many each serves, one after the other: a transaction that writes a row and counts its own.
    """

    link: str
    environments: int
    requests: int


class Went(TypedDict):
    """How it went.

    `total` is the seconds from the first request to the last answer; `first` and `further` those of each request that
    got its answer; `errors` is what became of the others.
    """

    total: float
    first: list[float]
    further: list[float]
    errors: list[str]


class _Remaining:
    """A Lambda context with an invocation's time."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time."""
        return round(_INVOCATION_SECONDS * 1000)


def gather(crowd: Crowd) -> Went:
    """Run the crowd; return how it went.

    Raises:
        NotMeasurableError: the program that forks it failed, or does not end.
    """
    what = "the crowd of environments"
    command = (sys.executable, "-m", __name__)
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(crowd)),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
            start_new_session=True,  # Ctrl-C is for the bench, which ends between two parts
        )
    except subprocess.TimeoutExpired as error:
        raise NotMeasurableError(what, f"it has not come to its end after {error.timeout:g} s") from None
    if done.returncode != 0:
        raise NotMeasurableError(what, done.stderr.strip())
    went: Went = json.loads(done.stdout)
    return went


def _run(crowd: Crowd) -> Went:
    link = Postgres.decode("MyPostgres", crowd.link)
    gates = Gates.made()
    gc.freeze()  # what all share is not copied for the sake of the collector's marks
    pids = [_fork(link, number, crowd.requests, gates) for number in range(crowd.environments)]
    os.close(gates.answer)
    began = time.perf_counter()
    os.write(gates.turn_back, b"." * AT_ONCE)
    with os.fdopen(gates.answers) as lines:
        first = [_read(lines.readline()) for _ in pids]
        os.close(gates.open_all)
        each = [*first, *map(_read, lines)]
    total = time.perf_counter() - began
    for pid in pids:
        os.waitpid(pid, 0)
    return {
        "total": total,
        "first": [seconds for one in each for seconds in one["first"]],
        "further": [seconds for one in each for seconds in one["further"]],
        "errors": [error for one in each for error in one["errors"]],
    }


@dataclass(frozen=True, slots=True)
class Gates:
    """The pipes between the program and its environments.

    Attributes:
        turn: has a byte for each environment that may make its first request, put back by `turn_back`.
        all: ends when all may make their further requests: when `open_all` is closed.
        answers: what each environment says after its first and after its last request, through `answer`.
    """

    turn: int
    turn_back: int
    all: int
    open_all: int
    answers: int
    answer: int

    @classmethod
    def made(cls) -> Self:
        """Make the pipes."""
        return cls(*os.pipe(), *os.pipe(), *os.pipe())


def _read(line: str) -> Went:
    went: Went = json.loads(line)
    return went


def _fork(link: Postgres, number: int, requests: int, gates: Gates) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            os.close(gates.open_all)
            os.close(gates.answers)
            _live(link, number, requests, gates)
        finally:
            os._exit(0)
    return pid


def _live(link: Postgres, environment: int, requests: int, gates: Gates) -> None:
    """Be an environment."""
    os.read(gates.turn, 1)
    went: Went = {"total": 0.0, "first": [], "further": [], "errors": []}
    _serve(link, environment, 0, went["first"], went["errors"])
    os.write(gates.turn_back, b".")
    _say(went, gates)
    os.read(gates.all, 1)
    went = {"total": 0.0, "first": [], "further": [], "errors": []}
    for number in range(1, requests):
        _serve(link, environment, number, went["further"], went["errors"])
    _say(went, gates)


def _say(went: Went, gates: Gates) -> None:
    # One write of less than PIPE_BUF: the lines of different environments do not mix.
    os.write(gates.answer, f"{json.dumps(went)}\n".encode())


def _serve(link: Postgres, environment: int, number: int, answered: list[float], errors: list[str]) -> None:
    """Serve a request: write a row, and see that every answered one before it has written its own."""
    began = time.perf_counter()
    try:
        with invocation.within(_Remaining()), session(link) as opened:
            opened.execute(_INSERT, {"environment": environment, "number": number})
            opened.execute(_SELECT, {"environment": environment}).scalar_one()
    except Exception as error:  # noqa: BLE001  # whatever it is, the request has failed
        errors.append(str(error).strip().splitlines()[0][:_SHOWN])
    else:
        answered.append(round(time.perf_counter() - began, 6))


_SHOWN: Final = 150
"""Characters of an error that are shown."""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(Crowd(**json.load(sys.stdin)))))
