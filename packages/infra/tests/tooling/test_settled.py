"""What a deployment takes back of `watch`, on moto's server."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from infra.bundle import Bundle
from infra.commands.signing_in import Work
from infra.hotswap import settle, swap

pytestmark = pytest.mark.slow

Make = Callable[[str, str], Bundle]
Deploy = Callable[[str, Bundle], None]


def runs(work: Work, name: str, bundle: Bundle) -> bool:
    """Return whether a function runs a bundle's code."""
    digest = base64.b64encode(hashlib.sha256(bundle.path.read_bytes()).digest()).decode()
    return work.clients.lambda_.get_function_configuration(FunctionName=f"mocstack-dev-{name}")["CodeSha256"] == digest


def test_code_that_watch_has_left_goes_with_the_next_deployment(work: Work, bundle: Make, deployed: Deploy) -> None:
    """CloudFormation finds nothing to do for it; a function that runs what was deployed is left alone."""
    committed = {"health": bundle("health", "committed"), "provision": bundle("provision", "committed")}
    for name, one in committed.items():
        deployed(name, one)
    swap(work.config, {"health": bundle("health", "tried out")}, work.clients, lambda _: None)
    assert not runs(work, "health", committed["health"])

    said: list[str] = []
    for _ in range(2):
        settle(work.config, committed, work.clients, said.append)
    (line,) = said
    assert line.startswith("health updated in ")
    assert line.endswith("s: it ran other code, as `watch` leaves it")
    assert all(runs(work, name, one) for name, one in committed.items())


@pytest.mark.parametrize("sizing", ["staging", "production"])
def test_stages_that_people_rely_on_are_not_touched(work: Work, bundle: Make, deployed: Deploy, sizing: str) -> None:
    """`watch` refuses them, and CloudFormation alone changes their code."""
    deployed("health", bundle("health", "one"))
    other = bundle("health", "other")
    settle(replace(work.config, sizing=sizing), {"health": other}, work.clients, lambda _: None)
    assert not runs(work, "health", other)
