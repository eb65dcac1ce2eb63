"""The application's constructs, synthesized once a run, whichever worker asks first."""

import fcntl
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from application.reading import Case
from templates.model import Templates, read
from templates.resolve import resolve
from templates.variants import variants

_PROGRAM = Path(__file__).parent / "synthesize.py"


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the assemblies of every case."""
    own = tmp_path_factory.getbasetemp()
    # pytest-xdist gives each worker a folder in the run's.
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    out = run / "application"
    with (run / "application.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            partial = tmp_path_factory.mktemp("application")
            command = [sys.executable, str(_PROGRAM), str(partial)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            partial.rename(out)
    return out


@pytest.fixture(scope="session")
def case(assemblies: Path) -> Case:
    """Return what reads the templates of a case."""

    @cache
    def resolved(name: str) -> Templates:
        stage = name if name in {"production", "personal"} else "dev"
        return resolve(read(assemblies / name, variants()[stage]))

    return resolved
