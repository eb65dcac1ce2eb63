"""How fast `dev` starts, against its slowest engine alone."""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from local.commands.screen import health_line
from local.stage import Stage

from .errors import BenchError
from .findings import Finding, Line, at_most
from .ratios import Ratio

LIMIT = 1.3
"""How much longer than its slowest engine `dev` may take to be healthy."""

_SECONDS = 120.0
"""After which `dev` is given up."""


class StageBusyError(BenchError):
    """The stage of this checkout is in use, so its start can't be measured."""


def measure(folder: Path, rounds: int, step: Callable[[str], None]) -> Finding:
    """Start `dev` and, in turns, its slowest engine; data present, schema at head.

    Args:
        folder: the `.local` of the checkout.
        rounds: how often.
        step: called after each round.

    Raises:
        StageBusyError: someone uses the stage.
        BenchError: `dev` does not become healthy.
    """
    what = "second start of dev"
    users = Stage(folder, user="bench").users()
    if users:
        names = ", ".join(sorted({user.name for user in users}))
        raise StageBusyError(f"{names} uses the stage of this checkout: end it, then run `nox -s bench -- start`")
    _healthy_after(folder)  # the first start makes the data and the schema
    alone: list[float] = []
    whole: list[float] = []
    for _ in range(rounds):
        alone.append(_slowest_engine(folder))
        whole.append(_healthy_after(folder))
        step(what)
    ratio = Ratio.of(whole, alone)
    lines = (
        Line("OpenSearch alone", statistics.median(alone)),
        Line("dev, to the first healthy /health", statistics.median(whole), ratio, "OpenSearch"),
    )
    return Finding(what, "s", lines, (at_most(f"{what}, against its slowest engine", ratio, LIMIT),))


def _slowest_engine(folder: Path) -> float:
    stage = Stage(folder, user="bench", engines=("opensearch",))
    began = time.perf_counter()
    stage.start()
    seconds = time.perf_counter() - began
    stage.leave()
    for failure in stage.failures.values():
        raise failure
    return seconds


def _healthy_after(folder: Path) -> float:
    """Start `dev`, wait until it is healthy, stop it; return the seconds until it was.

    `dev` asks for `/health` itself as soon as it can, and says so. That is read rather than `/health` asked from
    here as well: two requests at once are two cold starts at once.
    """
    began = time.perf_counter()
    dev = subprocess.Popen(
        [sys.executable, "-m", "local", "dev"],
        cwd=folder.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the bench, which ends it in order
    )
    said: list[str] = []
    watchdog = threading.Timer(_SECONDS, dev.terminate)
    watchdog.start()
    try:
        for line in dev.stdout or ():
            said.append(line)
            if line.rstrip() == health_line("healthy"):
                return time.perf_counter() - began
        raise BenchError(f"`dev` did not become healthy:\n{''.join(said)}")
    finally:
        watchdog.cancel()
        dev.terminate()
        dev.communicate()
