"""Many requests at once while engines come and go."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from faults.faulty import Faulty
from local.proxy import Backlog, Forward, Garbage, Mode, Refuse, Silent

pytestmark = [pytest.mark.engines]

REQUESTS, CONCURRENT, ENVIRONMENTS = 300, 50, 10
BOUND_MS = 3_000
FAULTS: list[Mode] = [Refuse(), Forward(), Silent(), Forward(), Garbage(), Forward(), Backlog(), Forward()]


def test_every_answer_is_well_formed_and_in_time(faulty: Faulty) -> None:
    """50 at a time, 10 environments: each answer is a health's, and each invocation keeps the bound."""
    host = faulty.proxied
    with ThreadPoolExecutor(CONCURRENT) as clients:
        list(clients.map(host.get, ["/health"] * CONCURRENT))  # warm
        since = len(host.log)
        over = threading.Event()
        disturbing = threading.Thread(target=_disturb, args=(faulty, over))
        disturbing.start()
        try:
            answers = list(clients.map(host.get, ["/health"] * REQUESTS))
        finally:
            over.set()
            disturbing.join()
    for answer in answers:
        body = answer.json()
        assert answer.status == (503 if body["status"] == "unhealthy" else 200)
        assert set(body["components"]) == {"postgres", "redis", "opensearch"}
    assert {"healthy"} < {answer.json()["status"] for answer in answers}, "nothing was disturbed"
    reports = [record["record"] for record in host.records(since) if record.get("type") == "platform.report"]
    assert len(reports) == REQUESTS
    assert max(report["metrics"]["durationMs"] for report in reports) < BOUND_MS
    assert host.served.runtime.environments("health") <= ENVIRONMENTS


def _disturb(faulty: Faulty, over: threading.Event) -> None:
    """Let one engine after the other fail and come back, every tenth of a second."""
    for mode, proxy in cycle((mode, proxy) for mode in FAULTS for proxy in faulty.proxies.values()):
        proxy.switch(mode)
        if over.wait(0.1):
            return
