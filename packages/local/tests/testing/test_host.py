"""A host of functions, without a stage."""

import threading
from pathlib import Path

import pytest

from core.manifest import Function
from local.runtime import ReservedVariableError
from local.runtime.variables import local_principal
from local.testing import Host


def test_a_start_that_fails_leaves_no_thread(tmp_path: Path) -> None:
    """The error is the caller's, and what was started for it has ended: another host can be tried."""
    refused = Function(
        name="refused", handler="nowhere.handler", description="Refused.", environment={"AWS_REGION": "x"}
    )
    before = threading.enumerate()
    host = Host([refused], links=lambda _: {}, credentials=local_principal, folder=tmp_path / "code")
    with pytest.raises(ReservedVariableError), host:
        pass
    assert [thread for thread in threading.enumerate() if thread not in before] == []
