"""Fixtures of the fault tests."""

from collections.abc import Iterator

import pytest

from faults.faulty import ENGINES, Faulty, faulty_stage
from local.testing.plugin import stage_for


@pytest.fixture(scope="session")
def running(pytestconfig: pytest.Config, worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """Return a stage of this worker's fault tests' own, up for as long as there are such tests."""
    stage = stage_for(pytestconfig, f"faults-{worker}", *ENGINES)
    with faulty_stage(stage, tmp_path_factory.mktemp("functions")) as faulty:
        yield faulty


@pytest.fixture
def faulty(running: Faulty) -> Iterator[Faulty]:
    """Return the stage, whole and warm; whatever a test does to it is undone."""
    running.heal()
    yield running
    running.heal()
