"""Where a function's code lies and which interpreter runs it, as arguments: nothing here is the workspace's alone."""

import asyncio
import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import InterpreterError

STANDIN = Path(__file__).parent / "standin"
"""The folder that holds nothing but a `runtime_client` in pure Python."""

_PROBE = """
import importlib.util, json, sys
client, runtime = (importlib.util.find_spec(name) for name in ("runtime_client", "awslambdaric"))
print(json.dumps([list(sys.version_info[:2]), client is not None, runtime.origin if runtime else None]))
"""


@dataclass(frozen=True, slots=True)
class Code:
    """What an environment runs.

    Attributes:
        task_root: the folder of the function's code: the working folder and first on `sys.path`, as `/var/task`
            is on Lambda.
        python: the interpreter.
        runtime_dir: the folder that holds `awslambdaric`, put on the path as Lambda puts `/var/runtime`; None
            where the interpreter has it installed.
        standin: whether the pure-Python `runtime_client` stands in for the C part of `awslambdaric`; None puts it
            in only where the C part is missing, as on macOS.
    """

    task_root: Path
    python: Path = Path(sys.executable)
    runtime_dir: Path | None = None
    standin: bool | None = None


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What is known of the interpreter of some code.

    Attributes:
        version: as AWS names its runtimes: `3.13`.
        runtime_dir: the folder that holds `awslambdaric`.
        path: the folders to put on PYTHONPATH.
    """

    version: str
    runtime_dir: Path
    path: tuple[Path, ...]


async def inspect(code: Code) -> Interpreter:
    """Find out what the interpreter of `code` is.

    Our own is looked at without starting a process.

    Raises:
        InterpreterError: it does not run, or it has no `awslambdaric`.
    """
    if code.runtime_dir is None and code.python == Path(sys.executable):
        version, has_client, runtime = _look_at_ourselves()
    else:
        version, has_client, runtime = await _probe(code)
    if runtime is None:
        raise InterpreterError(code.python, "it has no awslambdaric, and none is in the runtime folder")
    standin = code.standin if code.standin is not None else not has_client
    folders = ([STANDIN] if standin else []) + ([code.runtime_dir] if code.runtime_dir else [])
    return Interpreter(version, runtime.parent.parent, tuple(folders))


def _look_at_ourselves() -> tuple[str, bool, Path | None]:
    runtime = importlib.util.find_spec("awslambdaric")
    client = importlib.util.find_spec("runtime_client")
    origin = runtime.origin if runtime else None
    return f"{sys.version_info.major}.{sys.version_info.minor}", client is not None, Path(origin) if origin else None


async def _probe(code: Code) -> tuple[str, bool, Path | None]:
    environ = {"PYTHONPATH": str(code.runtime_dir)} if code.runtime_dir else {}
    try:
        process = await asyncio.create_subprocess_exec(
            code.python,
            "-s",
            "-c",
            _PROBE,
            cwd=code.task_root,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
    except OSError as error:
        raise InterpreterError(code.python, str(error)) from error
    if process.returncode:
        raise InterpreterError(code.python, errors.decode(errors="replace").strip())
    (major, minor), has_client, origin = json.loads(output)
    return f"{major}.{minor}", has_client, Path(origin) if origin else None
