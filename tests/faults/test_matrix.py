"""The fault matrix: whatever an engine does, /health says so in time, tells nothing secret, and recovers."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest

from faults.faulty import Faulty, write_secret
from local.engines import EngineName
from local.proxy import Backlog, Forward, Garbage, Refuse, Silent
from local.testing import Host

pytestmark = [pytest.mark.engines]

BOUND_MS = 3_000
"""Within this the function answers, whatever the engines do."""
RECOVERY_SECONDS = 30.0

each_engine = pytest.mark.parametrize("engine", ["postgres", "redis", "opensearch"])


def assert_down(faulty: Faulty, host: Host, engine: EngineName, *errors: str) -> None:
    """Assert that /health says that this engine is down, for one of these reasons, in time and discreetly."""
    before = len(host.log)
    answer = host.get("/health")
    body = answer.json()
    required = engine == "postgres"
    assert body["status"] == ("unhealthy" if required else "degraded")
    assert answer.status == (503 if required else 200)
    assert answer.headers["cache-control"] == "no-store"
    part = body["components"].pop(engine)
    assert (part["status"], part["error"] in errors) == ("unhealthy", True), part
    assert {other["status"] for other in body["components"].values()} == {"healthy"}, body
    assert took_ms(host, before) < BOUND_MS
    for secret in faulty.secrets():
        assert secret not in answer.body.decode()
    assert_logged(faulty, host, before, engine, part["error"])


def assert_logged(faulty: Faulty, host: Host, since: int, engine: EngineName, error: str) -> None:
    """Assert that the failure is in the log as JSON, with the request's id and without a password."""
    (warning,) = [record for record in host.records(since) if record.get("component") == engine]
    report = next(record for record in host.records(since) if record.get("type") == "platform.report")
    assert warning["level"] == "WARNING"
    assert warning["message"] == f"{engine} is unhealthy: {error}"
    assert warning["requestId"] == report["record"]["requestId"]
    for password in faulty.current_passwords():
        assert password not in str(warning)


def took_ms(host: Host, since: int) -> float:
    """Return how long the invocation after a place in the log took, as the platform measured it."""
    reports = [record for record in host.records(since) if record.get("type") == "platform.report"]
    return float(reports[-1]["record"]["metrics"]["durationMs"])


def assert_recovers(host: Host) -> None:
    """Assert that /health is healthy again once the fault is gone, without any help."""
    until = monotonic() + RECOVERY_SECONDS
    while (body := host.get("/health").json())["status"] != "healthy":
        assert monotonic() < until, body
        sleep(0.05)  # between two polls with a deadline


@each_engine
def test_stopped(faulty: Faulty, engine: EngineName) -> None:
    """An engine that was stopped in order is refused, and found again when it is back."""
    assert_recovers(faulty.direct)
    faulty.stage.engine(engine).stop()
    assert_down(faulty, faulty.direct, engine, "refused")
    faulty.heal()
    assert_recovers(faulty.direct)


@each_engine
def test_killed(faulty: Faulty, engine: EngineName) -> None:
    """An engine that was killed with -9 is refused, and found again when it is back."""
    assert_recovers(faulty.direct)
    faulty.stage.engine(engine).kill()
    assert_down(faulty, faulty.direct, engine, "refused")
    faulty.heal()
    assert_recovers(faulty.direct)


@each_engine
def test_frozen(faulty: Faulty, engine: EngineName) -> None:
    """An engine whose processes are all stopped keeps its connections open, and runs into the deadline."""
    assert_recovers(faulty.direct)
    faulty.stage.engine(engine).freeze()
    assert_down(faulty, faulty.direct, engine, "timeout")
    assert_down(faulty, faulty.direct, engine, "timeout")  # on a new connection too
    faulty.heal()
    assert_recovers(faulty.direct)


@each_engine
def test_restarted_between_two_requests(faulty: Faulty, engine: EngineName) -> None:
    """The kept connection died with the old process; the next request does not notice."""
    assert_recovers(faulty.direct)
    faulty.stage.engine(engine).stop()
    faulty.heal()
    assert faulty.direct.get("/health").json()["status"] == "healthy"


@pytest.mark.parametrize("engine", ["postgres", "redis"])
def test_wrong_credentials(faulty: Faulty, engine: EngineName) -> None:
    """A wrong password is a failed authentication on the next connection; the right one needs no restart."""
    assert_recovers(faulty.proxied)
    write_secret(faulty.passwords[engine], "wrong")
    assert faulty.proxied.get("/health").json()["status"] == "healthy"  # the open connection stays good
    faulty.proxies[engine].cut()
    assert_down(faulty, faulty.proxied, engine, "authentication")
    faulty.heal()
    assert_recovers(faulty.proxied)


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_opensearch_refuses_the_signature(faulty: Faulty, status: str) -> None:
    """A front that answers 401 or 403 is a failed authentication."""
    assert_recovers(faulty.proxied)
    front = f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}"
    faulty.proxies["opensearch"].switch(Garbage(front.encode()))
    assert_down(faulty, faulty.proxied, "opensearch", "authentication")
    faulty.heal()
    assert_recovers(faulty.proxied)


Break = Callable[[Faulty, EngineName], None]


def refuse(faulty: Faulty, engine: EngineName) -> None:
    """Let nothing listen on the port."""
    faulty.proxies[engine].switch(Refuse())


def silence(faulty: Faulty, engine: EngineName) -> None:
    """Let the established connection, and every new one, go silent."""
    faulty.proxies[engine].switch(Silent())


def fill_backlog(faulty: Faulty, engine: EngineName) -> None:
    """Let no connect complete."""
    faulty.proxies[engine].switch(Backlog())


def talk_garbage(faulty: Faulty, engine: EngineName) -> None:
    """Let something else answer on the port."""
    faulty.proxies[engine].switch(Garbage())
    faulty.proxies[engine].cut()


def delay(faulty: Faulty, engine: EngineName) -> None:
    """Let every answer come after the deadline."""
    faulty.proxies[engine].switch(Forward(delay=4.0))


@each_engine
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refuse, "refused"),
        (silence, "timeout"),
        (fill_backlog, "timeout"),
        (talk_garbage, "protocol"),
        (delay, "timeout"),
    ],
)
def test_network_fault(faulty: Faulty, engine: EngineName, fault: Break, error: str) -> None:
    """Each fault of the network has its class, on the connection that was open and on a new one."""
    assert_recovers(faulty.proxied)
    fault(faulty, engine)
    assert_down(faulty, faulty.proxied, engine, error)
    assert_down(faulty, faulty.proxied, engine, error)
    faulty.heal()
    assert_recovers(faulty.proxied)


def test_everything_down_at_once(faulty: Faulty) -> None:
    """All three fail together within the same bound as one."""
    assert_recovers(faulty.proxied)
    for proxy in faulty.proxies.values():
        proxy.switch(Silent())
    before = len(faulty.proxied.log)
    body = faulty.proxied.get("/health").json()
    assert [part["error"] for part in body["components"].values()] == ["timeout"] * 3
    assert took_ms(faulty.proxied, before) < BOUND_MS
    faulty.heal()
    assert_recovers(faulty.proxied)
