"""A function made of a few lines, and a service that runs it."""

import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.manifest import Function
from local.runtime import Code, LogLine, Runtime

Start = Callable[..., Runtime]


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio, which the service is written for."""
    return "asyncio"


@pytest.fixture
def standin() -> bool | None:
    """Put the stand-in for the C part in only where that is missing; contract tests force it."""
    return None


@pytest.fixture
def log() -> list[LogLine]:
    """Every line that the service passed on."""
    return []


@pytest.fixture
def bare_python() -> Path:
    """Return the interpreter that this environment was made of: the same version, and none of its packages."""
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    if not python.exists():
        pytest.skip("the interpreter that this environment was made of is not there")
    return python


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a handler's module; return the folder it lies in."""

    def write(source: str) -> Path:
        task_root = tmp_path / "task"
        task_root.mkdir(exist_ok=True)
        (task_root / "probe_handler.py").write_text(textwrap.dedent(source))
        return task_root

    return write


@pytest.fixture
def start(write: Callable[[str], Path], log: list[LogLine], *, standin: bool | None) -> Start:
    """Return what makes a service, not yet entered, that runs a handler's source as the function `probe`."""

    def start(  # noqa: PLR0913  a test names just what it is about
        source: str,
        *,
        timeout: int = 20,
        memory: int = 512,
        environment: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        code: Code | None = None,
        limit: int = 10,
        queue: int = 1000,
    ) -> Runtime:
        function = Function(
            name="probe",
            handler="probe_handler.handler",
            description="A test's function.",
            timeout=timeout,
            memory=memory,
            environment=environment,
        )
        return Runtime(
            [function],
            environ_for=lambda _: environ or {},
            code=code or Code(write(source), standin=standin),
            limit=limit,
            queue=queue,
            on_log=log.append,
        )

    return start
