"""Many requests at once while engines come and go."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

import pytest

from faults.faulty import Faulty
from local.engines import EngineName
from local.proxy import Backlog, Forward, Garbage, Mode, Refuse, Silent

pytestmark = [pytest.mark.engines]

REQUESTS, CONCURRENT, ENVIRONMENTS = 300, 50, 10
BOUND_MS = 3_000
RECOVERY_SECONDS = 10.0
FAULTS: list[Mode] = [Refuse(), Forward(), Silent(), Forward(), Garbage(), Forward(), Backlog(), Forward()]
RESTARTED: tuple[EngineName, ...] = ("redis", "postgres")


@dataclass
class Seen:
    """What happened during the load.

    Attributes:
        restarts: how many engines were killed and started again.
        environments: the most environments at any time.
    """

    restarts: int = 0
    environments: int = 0


def test_every_answer_is_well_formed_and_in_time(faulty: Faulty) -> None:
    """50 at a time, 10 environments: each answer is a health's, each invocation keeps the bound, then all is well."""
    host = faulty.proxied
    with ThreadPoolExecutor(CONCURRENT) as clients:
        list(clients.map(host.get, ["/health"] * CONCURRENT))  # warm
        since = len(host.log)
        over = threading.Event()
        seen = Seen()
        disturbing = [threading.Thread(target=work, args=(faulty, over, seen)) for work in (_disturb, _restart, _watch)]
        for thread in disturbing:
            thread.start()
        try:
            answers = list(clients.map(host.get, ["/health"] * REQUESTS))
        finally:
            over.set()
            for thread in disturbing:
                thread.join()
    for answer in answers:
        body = answer.json()
        assert answer.status == (503 if body["status"] == "unhealthy" else 200)
        assert set(body["components"]) == {"postgres", "redis", "opensearch"}
    assert {answer.json()["status"] for answer in answers} != {"healthy"}, "nothing was disturbed"
    reports = [record["record"] for record in host.records(since) if record.get("type") == "platform.report"]
    assert len(reports) == REQUESTS
    assert max(report["metrics"]["durationMs"] for report in reports) < BOUND_MS
    assert seen.restarts >= len(RESTARTED)
    assert 1 <= seen.environments <= ENVIRONMENTS
    faulty.heal()
    until = time.monotonic() + RECOVERY_SECONDS
    while (status := host.get("/health").json()["status"]) != "healthy":
        assert time.monotonic() < until, status


def _disturb(faulty: Faulty, over: threading.Event, _seen: Seen) -> None:
    """Let the way to one engine after the other fail and come back, every tenth of a second."""
    for mode, proxy in cycle((mode, proxy) for mode in FAULTS for proxy in faulty.proxies.values()):
        proxy.switch(mode)
        if over.wait(0.1):
            return


def _restart(faulty: Faulty, over: threading.Event, seen: Seen) -> None:
    """Kill one engine after the other, and start it again."""
    for name in cycle(RESTARTED):
        engine = faulty.stage.engine(name)
        engine.kill()
        over.wait(0.1)
        engine.start()
        seen.restarts += 1
        if over.wait(0.5):
            return


def _watch(faulty: Faulty, over: threading.Event, seen: Seen) -> None:
    """Note the most environments that there are at any time."""
    runtime = faulty.proxied.served.runtime
    while not over.wait(0.01):
        seen.environments = max(seen.environments, runtime.environments("health"))
