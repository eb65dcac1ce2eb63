"""Why an init failed, with the file and the line.

awslambdaric reports a failed import without its traceback ("Unable to import module"), which is what a developer
needs. So the handler's module is imported once more, in a process that is alike but for the runtime.
"""

import asyncio
import re
from pathlib import Path
from typing import cast

from .environment import Environment
from .errors import NotStartedError
from .outcome import Outcome

_LIMIT = 10.0
"""Seconds that the import may take: what an init may."""
_NO_API = "127.0.0.1:9"
"""Nothing is asked of it; 9 is the port of the discard service."""
_IMPORT = "import sys, importlib; importlib.import_module(sys.argv[1])"
_FRAME = re.compile(r'^ *File "([^"<]+)", line (\d+)', re.MULTILINE)


async def diagnose(environment: Environment, failed: Outcome) -> NotStartedError:
    """Return the error that tells why the init of `environment` ended as `failed` says."""
    summary = _summary(failed)
    traceback = await _import_traceback(environment)
    if traceback is None:
        return NotStartedError(failed.function, None, summary, failed.payload.decode(errors="replace"))
    location = _location(traceback, environment.plan.code.task_root)
    return NotStartedError(failed.function, location, traceback.strip().splitlines()[-1], traceback)


def _summary(failed: Outcome) -> str:
    document = failed.document()
    entries = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    return f"{entries.get('errorType')}: {entries.get('errorMessage')}"


async def _import_traceback(environment: Environment) -> str | None:
    """Import the handler's module; return what Python writes if that fails."""
    plan = environment.plan
    module = plan.function.handler.rpartition(".")[0]
    process = await asyncio.create_subprocess_exec(
        plan.code.python,
        "-s",
        "-c",
        _IMPORT,
        module,
        cwd=plan.code.task_root,
        env=plan.variables(log_stream=environment.name, api=_NO_API),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await asyncio.wait_for(process.communicate(), _LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return errors.decode(errors="replace") if process.returncode == 1 else None


def _location(traceback: str, task_root: Path) -> tuple[Path, int] | None:
    """Return the last place of the traceback that is not of an installed package."""
    found = None
    for file, line in _FRAME.findall(traceback):
        path = Path(file)
        if "site-packages" not in path.parts and (path.is_relative_to(task_root) or path.suffix == ".py"):
            found = path, int(line)
    return found
